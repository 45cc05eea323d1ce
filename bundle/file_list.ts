/** The list of a folder's files that tabs hold them to: see `useManifest`. */
import { join } from "node:path";
import type { ManifestEntry } from "../lib/platform/mod.ts";

/** Collects the files of a folder. */
export class FileList {
  readonly #files: Record<string, ManifestEntry> = {};

  /** Notes the size and the SHA-256 of a file, by its path in the folder. */
  async add(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    this.#files[path] = { size: bytes.length, sha256: hash };
  }

  /** Writes the list into the folder, under its usual name by default. */
  async write(folder: string, name = "files.json"): Promise<void> {
    await Deno.writeTextFile(join(folder, name), JSON.stringify(this.#files, null, 2) + "\n");
  }
}
