/** The library for web pages: its modules in one, the runtime, and the models. */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { WasmFile } from "../lib/platform/browser/wasm_binary.ts";
import { FileList } from "./file_list.ts";
import { packedWasm, RUNTIME_FOLDER } from "./packed_wasm.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The module replacements of the bundle. */
const replaced: Readonly<Record<string, string>> = {
  "lib/platform/current.ts": "lib/platform/browser/mod.ts",
  "lib/platform/browser/start_worker.ts": "bundle/start_worker.ts",
  "lib/platform/browser/wasm_binary.ts": "bundle/wasm_binary.ts",
  "lib/checkpoints/hub.ts": "bundle/no_hub.ts",
  "lib/models/places.ts": "bundle/places.ts",
};

/** The files of a model's folder to copy. */
const MODEL_FILE = /\.(json|safetensors|model)$/;

/**
 * Writes `denoise.js`, its worker, and the parts that both load.
 *
 * @param folder The folder to write to; what it has of the same names is replaced.
 * @throws {Error} with what the bundler says.
 */
export async function bundleModules(folder: string): Promise<void> {
  await bundleEntries(folder, ["bundle/denoise.ts", "bundle/runtime_worker.ts"]);
}

/**
 * Bundles programs for browsers.
 *
 * @param folder The folder to write to; what it has of the same names is replaced.
 * @param entries The programs, by their paths in the project.
 * @param others Module replacements besides those for the machine and the locations of files.
 * @throws {Error} with what the bundler says.
 */
export async function bundleEntries(
  folder: string,
  entries: readonly string[],
  others: Readonly<Record<string, string>> = {},
): Promise<void> {
  const address = (path: string) => new URL(`../${path}`, import.meta.url).href;
  const { imports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  for (const [path, by] of Object.entries({ ...replaced, ...others })) imports[address(path)] = address(by);
  const target = resolve(folder);
  await Deno.mkdir(target, { recursive: true });
  const map = await Deno.makeTempFile({ dir: target, suffix: ".json" });
  try {
    await Deno.writeTextFile(map, JSON.stringify({ imports }));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["bundle", "--quiet", "--platform", "browser", "--minify", "--code-splitting"],
        ...["--import-map", map, "--outdir", target, ...entries],
      ],
      cwd: root,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(map);
  }
}

/**
 * Packs the runtime's WebAssembly into a folder beside the modules, with `files.json`: the size and the SHA-256 of each file.
 *
 * @param folder The folder of the bundle.
 * @param files Which of its files; defaults to those for every device.
 */
export async function packRuntime(
  folder: string,
  files: readonly WasmFile[] = ["ort-wasm-simd-threaded.wasm", "ort-wasm-simd-threaded.asyncify.wasm"],
): Promise<void> {
  const place = join(folder, RUNTIME_FOLDER);
  await Deno.mkdir(place, { recursive: true });
  const list = new FileList();
  for (const name of files) {
    const bytes = await Deno.readFile(join(root, "node_modules/onnxruntime-web/dist", name));
    const packed = Uint8Array.from(gzipSync(bytes, { level: 9 }));
    await Deno.writeFile(join(place, packedWasm(name)), packed);
    await list.add(packedWasm(name), packed);
  }
  await list.write(place);
}

/**
 * Copies the models that ship, with `files.json`: the size and the SHA-256 of each file.
 *
 * @param folder The folder to write to.
 */
export async function copyModels(folder: string): Promise<void> {
  const list = new FileList();
  for (const path of (await Array.fromAsync(modelFiles())).sort()) {
    const bytes = await Deno.readFile(join(root, "models", path));
    await list.add(path, bytes);
    const target = join(folder, path);
    await Deno.mkdir(join(target, ".."), { recursive: true });
    await Deno.writeFile(target, bytes);
  }
  await list.write(folder);
}

async function* modelFiles(path = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(root, "models", path))) {
    if (isDirectory) yield* modelFiles(`${path}${name}/`);
    else if (MODEL_FILE.test(name)) yield path + name;
  }
}
