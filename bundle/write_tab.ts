/** Writes the program that runs the report's sections in a tab: the worker, the runtime, digits, and the list of all files. */
import { join } from "node:path";
import { loadMnist, type MnistSplit } from "../recipes/data/mnist.ts";
import { FILE_LIST, sources, tabFile, tabFolder } from "../server/tab_files.ts";
import { FileList } from "./file_list.ts";
import { bundleEntries, packRuntime } from "./write_bundle.ts";

/** How many digits come with the page: to train on, and to test with. */
const DIGITS: Readonly<Record<MnistSplit, number>> = { train: 6000, test: 500 };

/** The tab's module replacements, besides those of the library's bundle. */
const replaced = {
  "lib/platform/browser/own_runtime.ts": "bundle/own_runtime.ts",
  "recipes/data/mnist.ts": "tab/mnist.ts",
  "recipes/data/digits.ts": "tab/digits.ts",
} as const;

/**
 * Writes it to where the gallery serves it from. Models and images stay where they are.
 *
 * @throws {Error} with what the bundler says, or if the digits are not installed.
 */
export async function writeTab(): Promise<void> {
  await Deno.remove(tabFolder, { recursive: true }).catch(() => {});
  await Deno.mkdir(join(tabFolder, "digits"), { recursive: true });
  await bundleEntries(tabFolder, ["bundle/section_worker.ts", "bundle/runtime_worker.ts"], replaced);
  await packRuntime(tabFolder, ["ort-wasm-simd-threaded.wasm"]);
  for (const [split, count] of Object.entries(DIGITS)) await writeDigits(split as MnistSplit, count);
  await writeFileList();
}

/** The paths of all files that a tab may fetch. */
export async function tabPaths(): Promise<string[]> {
  const paths: string[] = [];
  for (const { folder, from, file } of sources) paths.push(...await pathsBelow(from, `${folder}/`, file));
  return [...paths, ...await pathsBelow(tabFolder, "", /./)].sort();
}

/** The first digits of MNIST as files of IDX, packed. */
async function writeDigits(split: MnistSplit, count: number): Promise<void> {
  const { images, labels, size } = await loadMnist(split);
  await writePacked(`${split}-images`, [count, size, size], images);
  await writePacked(`${split}-labels`, [count], labels);
}

async function writePacked(name: string, shape: readonly number[], data: Uint8Array): Promise<void> {
  const bytes = shape.reduce((product, axis) => product * axis);
  // Unsigned bytes, so many axes, and their sizes.
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, 0x0800 + shape.length);
  shape.forEach((axis, i) => header.setUint32(4 + 4 * i, axis));
  const parts = [new Uint8Array(header.buffer), Uint8Array.from(data.subarray(0, bytes))];
  const packed = new Blob(parts).stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(join(tabFolder, "digits", `${name}.idx.gz`), packed);
}

/** Lists all files: those of the program itself are for the pages that keep them. */
async function writeFileList(): Promise<void> {
  const list = new FileList();
  for (const path of await tabPaths()) await list.add(path, await Deno.readFile(tabFile(path)!));
  await list.write(tabFolder, FILE_LIST);
}

async function pathsBelow(folder: string, prefix: string, file: RegExp): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) paths.push(...await pathsBelow(join(folder, name), `${prefix}${name}/`, file));
    else if (file.test(name)) paths.push(prefix + name);
  }
  return paths;
}
