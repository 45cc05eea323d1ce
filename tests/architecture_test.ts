/** The layers of the code: a file imports only from its own layer and from those below, and no circle of files imports itself. */
import { assertEquals } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The layers, from the top down; those of one line may import one another. */
const layers: readonly (readonly string[])[] = [
  ["main.ts", "dev.ts", "app.ts", "routes", "islands", "components", "cli"],
  ["server"],
  ["report"],
  ["recipes"],
  ["lib/mod.ts"],
  ["lib/generation"],
  ["lib/pipelines"],
  ["lib/models", "lib/training", "lib/effects"],
  ["lib/nn", "lib/diffusion"],
  ["lib/onnx", "lib/checkpoints", "lib/text"],
  [
    "lib/tensor.ts",
    "lib/random.ts",
    "lib/image.ts",
    "lib/image",
    "lib/options.ts",
    "lib/option_field.ts",
    "lib/round_half_even.ts",
  ],
];

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
