import { ArgumentError } from "../argument_error.ts";
import { FileError } from "./file_error.ts";
import type { Files, FileStat, OpenFile } from "./files.ts";

/** How much to request of a file when it is opened: enough for the header of most `safetensors` files. */
const FIRST_BYTES = 2 ** 16;

const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(\d+)$/;

/** The options of {@linkcode UrlFiles}. */
export interface UrlFilesOptions {
  /** What makes the requests; defaults to the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/**
 * Files below an address, read by HTTP; parts of them by requests for a range. Nothing is kept: whoever wants files kept has
 * a cache do so.
 *
 * Of a server that knows no ranges, or does not let a page of another origin read `Content-Range`, a file is read
 * whole whenever it is opened.
 */
export class UrlFiles implements Files {
  readonly label: string;
  readonly #base: URL;
  readonly #fetch: typeof fetch;

  /**
   * Asks for nothing yet.
   *
   * @param address The folder's address, of the protocol `http:` or `https:`.
   * @param options Who makes the requests.
   * @throws {ArgumentError} if it is no such address.
   */
  constructor(address: string | URL, options: UrlFilesOptions = {}) {
    const base = URL.parse(address.toString());
    if (!base || !/^https?:$/.test(base.protocol)) {
      throw new ArgumentError("address", `${address}`, "an http or https URL");
    }
    base.hash = "";
    base.search = "";
    if (!base.pathname.endsWith("/")) base.pathname += "/";
    this.#base = base;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.label = shown(base).replace(/\/$/, "");
  }

  /** The address of a file. */
  urlOf(path: string): URL {
    return new URL(path.split("/").map(encodeURIComponent).join("/"), this.#base);
  }

  pathOf(path: string): string {
    return shown(this.urlOf(path));
  }

  folder(path: string): UrlFiles {
    return new UrlFiles(this.urlOf(path), { fetch: this.#fetch });
  }

  async stat(path: string): Promise<FileStat | undefined> {
    try {
      const { headers } = await this.request(path, { method: "HEAD" });
      return { isFile: true, size: Number(headers.get("content-length") ?? 0) };
    } catch (error) {
      if (error instanceof FileError && error.reason === "missing") return undefined;
      throw error;
    }
  }

  list(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async readText(path: string): Promise<string> {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await this.readBytes(path));
  }

  async readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#body(path, await this.request(path));
  }

  async open(path: string): Promise<OpenFile> {
    const response = await this.request(path, { headers: { range: `bytes=0-${FIRST_BYTES - 1}` } });
    const version = versionOf(response);
    const size = Number(CONTENT_RANGE.exec(response.headers.get("content-range") ?? "")?.[3]);
    // A file without a byte has no range either: what such an answer holds is no content.
    if (response.status === 416) {
      await response.body?.cancel();
      return wholeFile(new Uint8Array(), version);
    }
    if (response.status !== 206) return wholeFile(await this.#body(path, response), version);
    if (!Number.isSafeInteger(size)) {
      await response.body?.cancel();
      return wholeFile(await this.readBytes(path), version);
    }
    const first = await this.#body(path, response);
    return {
      size,
      version: `${size} ${version}`,
      read: async (offset, length) => {
        const end = Math.min(offset + length, size);
        if (end <= offset) return new Uint8Array();
        return end <= first.length ? first.slice(offset, end) : await this.#range(path, offset, end, version);
      },
      [Symbol.dispose]: () => {},
    };
  }

  place(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /**
   * Asks for a file; the answer has its content, a range of it, or none.
   *
   * @throws {FileError} if the server refuses, or there is no connection.
   */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const url = this.urlOf(path);
    let response: Response;
    try {
      response = await this.#fetch(url, init);
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      // Where no permission is given, it is no TypeError.
      throw new FileError(shown(url), cause instanceof TypeError ? "unreadable" : "forbidden", cause);
    }
    if (response.ok || response.status === 304 || response.status === 416) return response;
    await response.body?.cancel();
    const said = new Error(`the server says ${response.status} ${response.statusText}`.trim());
    throw new FileError(
      shown(url),
      response.status === 404 || response.status === 410 ? "missing" : "unreadable",
      said,
    );
  }

  async #range(
    path: string,
    offset: number,
    end: number,
    version: string,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.request(path, { headers: { range: `bytes=${offset}-${end - 1}` } });
    const [, from] = CONTENT_RANGE.exec(response.headers.get("content-range") ?? "") ?? [];
    if (response.status !== 206 || Number(from) !== offset || versionOf(response) !== version) {
      await response.body?.cancel();
      const why = new Error("the file was changed while it was read, or the server sends another part of it");
      throw new FileError(this.pathOf(path), "unreadable", why);
    }
    return await this.#body(path, response);
  }

  async #body(path: string, response: Response): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return new Uint8Array(await response.arrayBuffer());
    } catch (cause) {
      throw new FileError(this.pathOf(path), "unreadable", cause);
    }
  }
}

/** A file that has been read whole. */
function wholeFile(bytes: Uint8Array<ArrayBuffer>, version: string): OpenFile {
  return {
    size: bytes.length,
    version: `${bytes.length} ${version}`,
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
    [Symbol.dispose]: () => {},
  };
}

/** The validator of a file's content, from the server's headers. */
function versionOf({ headers }: Response): string {
  return headers.get("etag") ?? headers.get("last-modified") ?? "";
}

/** An address as errors name it: without a name or a password. */
function shown(url: URL): string {
  const { protocol, host, pathname } = url;
  return `${protocol}//${host}${pathname}`;
}
