/** A server of files, with what servers differ in. */

/** What a server does otherwise than most. */
export interface ServerHabits {
  /** Whether it sends parts of files; true unless given. */
  readonly ranges?: boolean;
  /** Whether it says what tells a file's content from another; true unless given. */
  readonly tags?: boolean;
}

/** A server of files on this machine, for one test. */
export class FileServer implements AsyncDisposable {
  /** The files by path, with slashes. They may be changed. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  /** What was asked for: `GET PATH`, with the range if one was, and the status of the answer. */
  readonly requests: string[] = [];
  readonly #habits: ServerHabits;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Starts to serve. */
  constructor(files: Iterable<readonly [string, Uint8Array<ArrayBuffer>]>, habits: ServerHabits = {}) {
    this.files = new Map(files);
    this.#habits = habits;
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      const { pathname } = new URL(request.url);
      const response = this.#answer(request, decodeURIComponent(pathname.slice(1)));
      const range = request.headers.get("range");
      this.requests.push([request.method, pathname, ...range ? [range] : [], response.status].join(" "));
      return response;
    });
  }

  /** Its address. */
  get address(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #answer(request: Request, path: string): Response {
    const bytes = this.files.get(path);
    if (!bytes) return new Response("not here", { status: 404 });
    const { ranges = true, tags = true } = this.#habits;
    const etag = `"${bytes.reduce((sum, byte) => (31 * sum + byte) >>> 0, bytes.length)}"`;
    const headers = new Headers(tags ? { etag } : {});
    if (tags && request.headers.get("if-none-match") === etag) {
      return new Response(null, { status: 304, headers });
    }
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "") ?? [];
    if (!ranges || from === undefined) return new Response(bytes, { headers });
    const [start, end] = [Number(from), Math.min(Number(to) + 1, bytes.length)];
    if (start >= bytes.length) return new Response("beyond the end", { status: 416, headers });
    headers.set("content-range", `bytes ${start}-${end - 1}/${bytes.length}`);
    return new Response(bytes.slice(start, end), { status: 206, headers });
  }
}

/** The files of a folder, by their paths. */
export async function* filesOf(
  folder: string,
  prefix = "",
): AsyncGenerator<[string, Uint8Array<ArrayBuffer>]> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* filesOf(`${folder}/${name}`, `${prefix}${name}/`);
    else yield [prefix + name, await Deno.readFile(`${folder}/${name}`)];
  }
}
