/**
 * The layers of the code: a file imports only from its own layer and from those below, and no circle of files imports itself. The
 * library reaches the machine in one room, and all else of it runs in a browser.
 */
import { assert, assertEquals } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundleModules } from "../bundle/write_bundle.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The layers, from the top down; those of one line may import one another. */
const layers: readonly (readonly string[])[] = [
  [
    "main.ts",
    "dev.ts",
    "app.ts",
    "routes",
    "islands",
    "components",
    "tab",
    "site",
    "cli",
    "bench",
    "examples",
  ],
  ["server"],
  ["report"],
  ["recipes"],
  ["lib/mod.ts"],
  ["lib/generation"],
  ["lib/pipelines"],
  ["lib/models", "lib/training", "lib/effects"],
  ["lib/nn", "lib/diffusion"],
  ["lib/onnx", "lib/checkpoints", "lib/text"],
  ["lib/image.ts", "lib/image"],
  ["lib/platform"],
  [
    "lib/tensor.ts",
    "lib/random.ts",
    "lib/box_muller.ts",
    "lib/options.ts",
    "lib/option_field.ts",
    "lib/round_half_even.ts",
  ],
  ["lib/errors.ts", "lib/argument_error.ts", "lib/show_value.ts"],
];

/**
 * The rooms that reach the machine, each by the file that others import. The hub is one because all that it does is to download
 * files and to put them in place.
 */
const machineRooms = [
  { folder: "lib/platform/native/", door: "lib/platform/native/mod.ts" },
  { folder: "lib/platform/browser/", door: "lib/platform/browser/mod.ts" },
  { folder: "lib/checkpoints/hub/", door: "lib/checkpoints/hub.ts" },
] as const;

/** What a tab alone has, and packages for it. */
const tabNames =
  /\b(document|caches|OffscreenCanvas|createImageBitmap)\s*[.([]|["'](onnxruntime-web|fflate|gifenc|@noble\/hashes)\b/;

/** What reaches the machine: Deno's and Node's interfaces, and packages of native code. */
const machineNames = /\bDeno\s*[.[?]|["']node:|["'](onnxruntime-node|imagescript|sharp)\b/;

async function* sources(path: string): AsyncGenerator<string> {
  if (/\.tsx?$/.test(path)) return yield path;
  for await (const { name, isDirectory } of Deno.readDir(join(root, path))) {
    if (isDirectory || /\.tsx?$/.test(name)) yield* sources(`${path}/${name}`);
  }
}

/** What each file imports of the project, types included. */
async function imports(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const path of layers.flat()) {
    for await (const file of sources(path)) {
      const text = (await Deno.readTextFile(join(root, file))).replace(/\/\*[^]*?\*\//g, "");
      const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/g)];
      found.set(
        file,
        specifiers.map(([, to]) => relative(root, join(root, dirname(file), to)).replaceAll("\\", "/")),
      );
    }
  }
  return found;
}

const graph = await imports();
const { exports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));

function layerOf(file: string): number {
  return layers.findIndex((paths) => paths.some((path) => file === path || file.startsWith(`${path}/`)));
}

Deno.test("every file of the library is in a layer", async () => {
  const missing: string[] = [];
  for await (const file of sources("lib")) if (layerOf(file) === -1) missing.push(file);
  assertEquals(missing, []);
});

Deno.test("imports lead down", () => {
  const upward: string[] = [];
  for (const [file, imported] of graph) {
    for (const other of imported) {
      if (graph.has(other) && layerOf(other) < layerOf(file)) upward.push(`${file} imports ${other}`);
    }
  }
  assertEquals(upward, []);
});

/** What pages take alone: its entry would bring along decoders, which a page that computes nothing does without. */
const ofPages = "lib/image/with_png_text.ts";

Deno.test("outside of the library only its entries are imported", () => {
  const entries = new Set(Object.values<string>(exports).map((path) => path.slice(2)));
  const around: string[] = [];
  for (const [file, imported] of graph) {
    if (file.startsWith("lib/")) continue;
    for (const other of imported) {
      if (file.startsWith("components/") && other === ofPages) continue;
      if (other.startsWith("lib/") && !entries.has(other)) around.push(`${file} imports ${other}`);
    }
  }
  assertEquals(around, []);
});

Deno.test("every entry opens with an example", async () => {
  for (const [entry, path] of Object.entries<string>(exports)) {
    const [opening] = (await Deno.readTextFile(join(root, path))).split("*/");
    assert(opening.includes("@module") && opening.includes("```ts\n"), entry);
  }
});

Deno.test("an entry is small", async () => {
  const large: string[] = [];
  for (const [entry, path] of Object.entries<string>(exports)) {
    const { nodes } = JSON.parse(await run("doc", "--json", path));
    const { symbols } = nodes[pathToFileURL(join(root, path)).href];
    assert(symbols.length > 0, entry);
    // The operators of the graph builder are many, and one subject: all are in an entry of their own.
    const most = ({ "./onnx": 95, "./operators": 120 } as Record<string, number>)[entry] ?? 90;
    if (symbols.length > most) large.push(`${entry} has ${symbols.length} symbols`);
  }
  assertEquals(large, []);
});

Deno.test("no circle of files imports itself", () => {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]) => {
    const start = path.indexOf(file);
    if (start !== -1) return void circles.push([...path.slice(start), file]);
    if (done.has(file)) return;
    for (const other of graph.get(file) ?? []) visit(other, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  assertEquals(circles, []);
});

Deno.test("the library reaches the machine in its rooms for that alone", async () => {
  const found: string[] = [];
  for await (const file of sources("lib")) {
    const room = machineRooms.find(({ folder }) => file.startsWith(folder))?.folder;
    const text = await Deno.readTextFile(join(root, file));
    const code = text.replace(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");
    const names = [
      ...room === undefined || room.endsWith("/browser/") ? [machineNames] : [],
      ...room === undefined || !room.endsWith("/browser/") ? [tabNames] : [],
    ];
    for (const pattern of names) {
      const [name] = pattern.exec(code) ?? [];
      if (name) found.push(`${file} has ${name}`);
    }
  }
  assertEquals(found, []);
});

Deno.test("what reaches the machine is imported by its door", () => {
  const around: string[] = [];
  for (const [file, imported] of graph) {
    if (!file.startsWith("lib/")) continue;
    for (const other of imported) {
      const room = machineRooms.find(({ folder }) => other.startsWith(folder));
      const isWithin = machineRooms.some(({ folder, door }) => file.startsWith(folder) || file === door);
      if (room && other !== room.door && !isWithin) around.push(`${file} imports ${other}`);
    }
  }
  assertEquals(around, []);
});

Deno.test("the library is bundled for a browser, and the bundle runs where there is no Deno", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await bundleModules(folder);
    const bundle = join(folder, "denoise.js");
    for await (const { name } of Deno.readDir(folder)) {
      // The runtime and the codecs say what they would do elsewhere.
      if (!/^(denoise|runtime_worker|no_hub)/.test(name)) continue;
      const [found] = machineNames.exec(await Deno.readTextFile(join(folder, name))) ?? [];
      assertEquals(found, undefined, name);
    }
    const said = await run("run", "--no-config", "--no-prompt", `--allow-read=${folder}`, [
      join(root, "tests/platform/in_browser.js"),
      pathToFileURL(bundle).href,
    ]);
    assertEquals(said.trim(), "28 1 2");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What a command of Deno's prints. */
async function run(...args: readonly (string | readonly string[])[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: args.flat() as string[], cwd: root });
  const { success, stdout, stderr } = await command.output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
