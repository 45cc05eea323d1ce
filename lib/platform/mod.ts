/**
 * The machine that the library runs on: this room alone reaches it, so that all else runs wherever JavaScript does.
 *
 * `native/` is for Deno, `browser/` for a tab; `current.ts` takes the one that the program runs on.
 *
 * @example A model's files in memory.
 * ```ts
 * import { MemoryFiles } from "@denoise/denoise/platform";
 *
 * const files = new MemoryFiles({ "unet/config.json": JSON.stringify({ sample_size: 28 }) });
 * const config = JSON.parse(await files.folder("unet").readText("config.json"));
 * ```
 *
 * @module
 */
export { FileError, type FileErrorReason } from "./file_error.ts";
export {
  type DiskPlace,
  type FileEntry,
  type Files,
  type FileStat,
  type Folder,
  type OpenFile,
} from "./files.ts";
export { DamagedImageError, type ImageCodecs, type Machine, type Rgba, type Zlib } from "./machine.ts";
export { MemoryFiles } from "./memory_files.ts";
export {
  type Device,
  type ExternalFile,
  type Runtime,
  type RuntimeInput,
  type RuntimeOptions,
  type RuntimeSession,
  RuntimeStartError,
  type RuntimeTensor,
} from "./runtime.ts";
export { UrlFiles, type UrlFilesOptions } from "./url_files.ts";
export { type DownloadEvent, watchDownloads } from "./downloads.ts";
export { type Manifest, type ManifestEntry, useManifest } from "./manifest.ts";
export { machine } from "./current.ts";
