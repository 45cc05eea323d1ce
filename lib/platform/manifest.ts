/**
 * Lists of files below a URL, which web servers do not provide.
 *
 * @module
 */
import { FileError } from "./file_error.ts";

/** What a manifest says of a file. */
export interface ManifestEntry {
  /** Its bytes. */
  readonly size: number;
  /** What its content hashes to by SHA-256, in 64 hexadecimal digits. */
  readonly sha256: string;
}

/** The files of a folder below an address, by their paths in it. */
export type Manifest = ReadonlyMap<string, ManifestEntry>;

/** The manifests that have been named, by the base URLs of their files. */
const manifests = new Map<string, () => Promise<Manifest>>();

/**
 * Names a manifest, a JSON object with size and SHA-256 by path. From then on a browser's tab asks no server which of the files
 * beside and below it there are, keeps them without asking whether they have changed, and refuses those whose hash is another.
 *
 * @param address The manifest's address; it is fetched when a file is requested.
 *
 * @example
 * ```ts
 * import { useManifest } from "@denoise/denoise/platform";
 *
 * useManifest("https://example.org/models/files.json"); // { "emoji-I/model_index.json": { "size": 488, "sha256": "…" } }
 * ```
 */
export function useManifest(address: string | URL): void {
  let manifest: Promise<Manifest> | undefined;
  manifests.set(new URL(".", address).href, () => {
    manifest ??= readManifest(new URL(address));
    // After a failure, the next request tries again.
    manifest.catch(() => manifest = undefined);
    return manifest;
  });
}

/**
 * What is known of the files below an address, by their paths from there; undefined if no manifest covers it.
 *
 * @param folder The address, with a slash at its end.
 * @throws {FileError} if the manifest cannot be read.
 */
export async function manifestOf(folder: URL): Promise<Manifest | undefined> {
  for (const [base, read] of manifests) {
    if (!folder.href.startsWith(base)) continue;
    const prefix = decodeURIComponent(folder.href.slice(base.length));
    const entries = [...await read()].filter(([path]) => path.startsWith(prefix));
    return new Map(entries.map(([path, entry]) => [path.slice(prefix.length), entry]));
  }
  return undefined;
}

async function readManifest(address: URL): Promise<Manifest> {
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`the server says ${response.status}`);
    return new Map(Object.entries<ManifestEntry>(await response.json()));
  } catch (cause) {
    throw new FileError(address.href, "unreadable", cause);
  }
}
