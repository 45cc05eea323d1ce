/**
 * Files below a URL that are fetched once, into a cache on a disk:
 *
 * ```txt
 * blobs/SHA256       the files, each under what its content hashes to
 * urls/SHA256.json   for each address (by its hash) what the server said of its file, and the file's hash
 * ```
 *
 * A program asks the server once for each file whether it is still the same (`If-None-Match`, `If-Modified-Since`); a server that
 * cannot be reached has not changed its files.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { FileError } from "../file_error.ts";
import type { DiskPlace, Files, FileStat, OpenFile } from "../files.ts";
import type { UrlFiles } from "../url_files.ts";
import { DiskFiles } from "./disk_files.ts";
import { writeFile } from "./write_file.ts";
import { writeFully } from "./write_fully.ts";

/** What is known of an address. */
interface Known {
  readonly url: string;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly sha256: string;
  readonly size: number;
}

/** Files below a URL, with a cache. */
export class CachedUrlFiles implements Files {
  readonly label: string;
  readonly #remote: UrlFiles;
  readonly #cache: () => string;
  readonly #fetched: Map<string, Promise<string>>;

  /**
   * Asks for nothing yet.
   *
   * @param remote The files.
   * @param cache Gives the cache's folder, which is made when the first file has arrived.
   */
  constructor(remote: UrlFiles, cache: () => string, fetched: Map<string, Promise<string>> = new Map()) {
    this.label = remote.label;
    this.#remote = remote;
    this.#cache = cache;
    this.#fetched = fetched;
  }

  pathOf(path: string): string {
    return this.#remote.pathOf(path);
  }

  folder(path: string): CachedUrlFiles {
    return new CachedUrlFiles(this.#remote.folder(path), this.#cache, this.#fetched);
  }

  async stat(path: string): Promise<FileStat | undefined> {
    try {
      return await this.#remote.stat(path);
    } catch (error) {
      const known = await this.#naming(path, () => this.#known(this.#remote.urlOf(path)));
      if (known && isOffline(error)) return { isFile: true, size: known.size };
      throw error;
    }
  }

  list(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async readText(path: string): Promise<string> {
    const blob = await this.#fetch(path);
    return await this.#blobs().readText(blob);
  }

  async readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const blob = await this.#fetch(path);
    return await this.#blobs().readBytes(blob);
  }

  async open(path: string): Promise<OpenFile> {
    const blob = await this.#fetch(path);
    return await this.#blobs().open(blob);
  }

  async place(path: string): Promise<DiskPlace> {
    const blob = await this.#fetch(path);
    return await this.#blobs().place(blob);
  }

  #blobs(): DiskFiles {
    return new DiskFiles(join(this.#cache(), "blobs"));
  }

  /** Tells what the cache's disk refuses as an error of the file that it is needed for. */
  async #naming<T>(path: string, use: () => Promise<T>): Promise<T> {
    try {
      return await use();
    } catch (error) {
      if (error instanceof FileError) throw error;
      const isForbidden = error instanceof Deno.errors.NotCapable;
      throw new FileError(this.pathOf(path), isForbidden ? "forbidden" : "unreadable", error);
    }
  }

  /** The hash of a file that is in the cache afterwards. */
  #fetch(path: string): Promise<string> {
    const { href } = this.#remote.urlOf(path);
    const found = this.#fetched.get(href) ?? this.#naming(path, () => this.#fetchOnce(path));
    this.#fetched.set(href, found);
    // After a failure, the next request tries again.
    found.catch(() => this.#fetched.delete(href));
    return found;
  }

  async #fetchOnce(path: string): Promise<string> {
    const url = this.#remote.urlOf(path);
    const known = await this.#known(url);
    const headers = {
      ...(known?.etag && { "if-none-match": known.etag }),
      ...(known?.lastModified && { "if-modified-since": known.lastModified }),
    };
    let response: Response;
    try {
      response = await this.#remote.request(path, { headers });
    } catch (error) {
      if (known && isOffline(error)) return known.sha256;
      throw error;
    }
    if (response.status === 304 && known) {
      await response.body?.cancel();
      return known.sha256;
    }
    const { sha256, size } = await this.#store(path, response);
    const etag = response.headers.get("etag") ?? undefined;
    const lastModified = response.headers.get("last-modified") ?? undefined;
    const { origin, pathname } = url;
    await this.#note(url, { url: origin + pathname, etag, lastModified, sha256, size });
    return sha256;
  }

  /** Writes what a server sends, under its hash. */
  async #store(
    path: string,
    response: Response,
  ): Promise<{ readonly sha256: string; readonly size: number }> {
    const folder = this.#blobs().label;
    await Deno.mkdir(folder, { recursive: true });
    const temporary = join(folder, `.${crypto.randomUUID()}.tmp`);
    const hash = createHash("sha256");
    let size = 0;
    try {
      {
        using file = await Deno.open(temporary, { write: true, createNew: true });
        for await (const chunk of chunksOf(response, this.pathOf(path))) {
          hash.update(chunk);
          size += chunk.length;
          await writeFully(file, chunk);
        }
        await file.sync();
      }
      const sha256 = hash.digest("hex");
      await Deno.rename(temporary, join(folder, sha256));
      return { sha256, size };
    } catch (error) {
      await Deno.remove(temporary).catch(() => {}); // the first error is the one to report
      throw error;
    }
  }

  async #note(url: URL, known: Known): Promise<void> {
    const path = this.#notePath(url);
    await Deno.mkdir(join(this.#cache(), "urls"), { recursive: true });
    await writeFile(path, [new TextEncoder().encode(`${JSON.stringify(known, null, 2)}\n`)]);
  }

  /** What is known of an address whose file is in the cache, and whole. */
  async #known(url: URL): Promise<Known | undefined> {
    const disk = new DiskFiles();
    try {
      const known = JSON.parse(await disk.readText(this.#notePath(url))) as Known;
      const blob = await this.#blobs().stat(known.sha256);
      return blob?.isFile && blob.size === known.size ? known : undefined;
    } catch (error) {
      const isNone = error instanceof SyntaxError ||
        (error instanceof FileError && error.reason === "missing");
      if (isNone) return undefined;
      throw error;
    }
  }

  #notePath({ href }: URL): string {
    return join(this.#cache(), "urls", `${createHash("sha256").update(href).digest("hex")}.json`);
  }
}

/** Whether a server was not reached: there was no connection, which is no refusal. */
function isOffline(error: unknown): boolean {
  return error instanceof FileError && error.cause instanceof TypeError;
}

/** The bytes of an answer, as they arrive. */
async function* chunksOf(response: Response, path: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  try {
    yield* response.body ?? [];
  } catch (cause) {
    throw new FileError(path, "unreadable", cause);
  }
}
