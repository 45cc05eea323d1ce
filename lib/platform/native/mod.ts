/**
 * The machine under Deno: its disk, ONNX Runtime's native package, zlib and imagescript. The only door to this folder.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentError } from "../../argument_error.ts";
import { type Files, type Folder, isFiles } from "../files.ts";
import type { Machine } from "../machine.ts";
import { UrlFiles } from "../url_files.ts";
import { cacheFolder } from "./cache_folder.ts";
import { CachedUrlFiles } from "./cached_url_files.ts";
import { DiskFiles } from "./disk_files.ts";
import { images } from "./images.ts";
import { onnxRuntime } from "./onnx_runtime.ts";
import { sha256 } from "./sha256.ts";
import { writeFile } from "./write_file.ts";
import { zlib } from "./zlib.ts";

/** The machine that this program runs on. */
export const machine: Machine = {
  hasDisk: true,
  runtime: onnxRuntime,
  files: new DiskFiles(),
  open,
  pathOf,
  writeFile,
  variable,
  sha256,
  zlib,
  images,
};

function open(folder: Folder): Files {
  if (isFiles(folder)) return folder;
  if (/^https?:\/\//i.test(folder.toString())) {
    return new CachedUrlFiles(new UrlFiles(folder), () => join(cacheFolder(), "files"));
  }
  if (folder instanceof URL && folder.protocol !== "file:") {
    throw new ArgumentError("folder", `${folder}`, "a path, or a URL of http, https or file");
  }
  return new DiskFiles(pathOf(folder));
}

function variable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}

function pathOf(path: string | URL): string {
  return typeof path === "string" ? path : fileURLToPath(path);
}
