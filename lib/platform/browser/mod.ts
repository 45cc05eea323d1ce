/**
 * The machine in a browser's tab: ONNX Runtime for the web, files below addresses, the browser's codecs. The only door to this folder.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";
import { type Files, type Folder, isFiles } from "../files.ts";
import type { Machine } from "../machine.ts";
import { UrlFiles } from "../url_files.ts";
import { images } from "./images.ts";
import { ownRuntime } from "./own_runtime.ts";
import { saveFile } from "./save_file.ts";
import { sha256 } from "./sha256.ts";
import { TabFiles } from "./tab_files.ts";
import { zlib } from "./zlib.ts";

/** The tab that this program runs in. */
export const machine: Machine = {
  hasDisk: false,
  runtime: ownRuntime,
  get files() {
    return new TabFiles(new PageFiles(new URL(".", here())));
  },
  open,
  pathOf: (path) => path.toString(),
  writeFile: saveFile,
  variable: () => undefined,
  sha256,
  zlib,
  images,
};

function open(folder: Folder): Files {
  if (isFiles(folder)) return folder;
  const address = URL.parse(folder.toString(), here());
  if (!address || !/^https?:$/.test(address.protocol)) {
    throw new ArgumentError("folder", `${folder}`, "an address of http or https, or a path from this page's");
  }
  return new TabFiles(new UrlFiles(address));
}

/** The address that paths start from: the page's. */
function here(): string | undefined {
  return globalThis.document?.baseURI ?? globalThis.location?.href;
}

/** Files by their paths as they are: from the page's address on, or an address of their own. */
class PageFiles extends UrlFiles {
  override urlOf(path: string): URL {
    return new URL(path, here());
  }
}
