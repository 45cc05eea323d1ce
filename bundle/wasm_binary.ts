/**
 * Replaces `lib/platform/browser/wasm_binary.ts` in bundles: the runtime's WebAssembly is in a folder next to the
 * bundle, packed to a quarter of its size, and is kept by the browser as weights are.
 */
import type { WasmFile } from "../lib/platform/browser/wasm_binary.ts";
import { TabFiles } from "../lib/platform/browser/tab_files.ts";
import { useManifest } from "../lib/platform/manifest.ts";
import { UrlFiles } from "../lib/platform/url_files.ts";
import { packedWasm, RUNTIME_FOLDER } from "./packed_wasm.ts";
import { unpack } from "./unpack.ts";

const folder = new URL(`./${RUNTIME_FOLDER}/`, import.meta.url);
useManifest(new URL("files.json", folder));

/** The bytes of a file of the runtime. */
export async function readWasm(file: WasmFile): Promise<ArrayBuffer> {
  const bytes = await new TabFiles(new UrlFiles(folder)).readBytes(packedWasm(file));
  return (await unpack(bytes)).buffer;
}
