/**
 * Files below an address as a tab has them: fetched once, kept for the next visit, and held to their hashes where a manifest
 * tells these.
 *
 * @module
 */
import { FileError } from "../file_error.ts";
import type { FileEntry, Files, FileStat, OpenFile } from "../files.ts";
import { type Manifest, manifestOf } from "../manifest.ts";
import type { UrlFiles } from "../url_files.ts";
import { download } from "./download.ts";
import { keepFile, type KeptFile, keptFile, openCache } from "./kept_files.ts";

/** Requests since the page was opened, by address. */
const fetched = new Map<string, Promise<Blob>>();

/** Files below an address. */
export class TabFiles implements Files {
  readonly label: string;
  readonly #remote: UrlFiles;

  /** Asks for nothing yet. */
  constructor(remote: UrlFiles) {
    this.label = remote.label;
    this.#remote = remote;
  }

  pathOf(path: string): string {
    return this.#remote.pathOf(path);
  }

  folder(path: string): TabFiles {
    return new TabFiles(this.#remote.folder(path));
  }

  async stat(path: string): Promise<FileStat | undefined> {
    const manifest = await this.#manifest();
    if (manifest) {
      const entry = manifest.get(path);
      if (entry) return { isFile: true, size: entry.size };
      const isFolder = manifest.keys().some((name) => name.startsWith(`${path}/`));
      return isFolder ? { isFile: false, size: 0 } : undefined;
    }
    try {
      return await this.#remote.stat(path);
    } catch (error) {
      const kept = await keptFile(this.#remote.urlOf(path));
      if (kept && isOffline(error)) return { isFile: true, size: kept.blob.size };
      throw error;
    }
  }

  async list(): Promise<readonly FileEntry[] | undefined> {
    const manifest = await this.#manifest();
    if (!manifest) return undefined;
    const entries = new Map<string, FileEntry>();
    for (const path of manifest.keys()) {
      const [name, ...rest] = path.split("/");
      entries.set(name, { name, isDirectory: rest.length > 0 });
    }
    if (entries.size === 0) throw new FileError(this.label, "missing", new Error("not in the manifest"));
    return [...entries.values()];
  }

  async readText(path: string): Promise<string> {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await this.readBytes(path));
  }

  async readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#bytes(path, await this.#fetch(path));
  }

  async open(path: string): Promise<OpenFile> {
    const blob = await this.#fetch(path);
    return {
      size: blob.size,
      version: "",
      read: (offset, length) => this.#bytes(path, blob.slice(offset, offset + length)),
      [Symbol.dispose]: () => {},
    };
  }

  place(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async #bytes(path: string, blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return new Uint8Array(await blob.arrayBuffer());
    } catch (cause) {
      // The reader may have cleared what the browser keeps.
      fetched.delete(this.#remote.urlOf(path).href);
      throw new FileError(this.pathOf(path), "unreadable", cause);
    }
  }

  #manifest(): Promise<Manifest | undefined> {
    return manifestOf(this.#remote.urlOf(""));
  }

  #fetch(path: string): Promise<Blob> {
    const { href } = this.#remote.urlOf(path);
    const blob = fetched.get(href) ?? this.#fetchOnce(path);
    fetched.set(href, blob);
    // After a failure, the next request tries again.
    blob.catch(() => fetched.delete(href));
    return blob;
  }

  async #fetchOnce(path: string): Promise<Blob> {
    const url = this.#remote.urlOf(path);
    const manifest = await this.#manifest();
    const expected = manifest?.get(path)?.sha256;
    if (manifest && !expected) {
      throw new FileError(this.pathOf(path), "missing", new Error("not in the manifest"));
    }
    const kept = await keptFile(url);
    if (kept && (expected ? kept.sha256 === expected : await this.#isSame(path, kept))) return kept.blob;
    // What we keep ourselves the browser's own cache need not keep as well.
    const file = await download(this.#remote, path, await openCache() ? "no-store" : "default");
    if (expected && file.sha256 !== expected) {
      throw new FileError(
        this.pathOf(path),
        "unreadable",
        new Error(`its SHA-256 is ${file.sha256} where ${expected} is expected: it was damaged or changed`),
      );
    }
    // Whoever reads it now does not wait until it is kept.
    void keepFile(url, file);
    return file.blob;
  }

  /** Whether a file that was kept is still the server's; a server that cannot be reached has not changed it. */
  async #isSame(path: string, { headers, blob }: KeptFile): Promise<boolean> {
    try {
      const { headers: now } = await this.#remote.request(path, { method: "HEAD", cache: "no-cache" });
      const [tag, tagNow] = [headers.get("etag"), now.get("etag")];
      if (tag !== null && tagNow !== null) return tag === tagNow;
      const date = headers.get("last-modified");
      return date !== null && date === now.get("last-modified") &&
        [null, String(blob.size)].includes(now.get("content-length"));
    } catch (error) {
      if (isOffline(error)) return true;
      throw error;
    }
  }
}

/** Whether a server was not reached: there was no connection, which is no refusal. */
function isOffline(error: unknown): boolean {
  return error instanceof FileError && error.cause instanceof TypeError;
}
