/** A plain server of files, below a path and without headers of its own but for a tag, unless it is told to: what any static host does. */
import { extname, join } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** A server, for one test. */
export class StaticServer implements AsyncDisposable {
  /** What was asked for: `GET PATH STATUS`, and the range if one was. */
  readonly requests: string[] = [];
  /** Of these paths, the first answers end after so many bytes, as where a connection breaks off; one after the other. */
  readonly cuts = new Map<string, number[]>();
  /** Of these paths, other bytes are served than those on the disk. */
  readonly changed = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /**
   * Serves folders by the paths that they are to have; the first that fits counts.
   *
   * @param isolated Whether to send the two headers by which a page is isolated from others.
   */
  constructor(folders: Readonly<Record<string, string>>, isolated = false) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      const path = decodeURIComponent(new URL(request.url).pathname);
      const range = request.headers.get("range");
      const found = await this.#answer(path, range, folders);
      const tag = found.headers.get("etag");
      const known = tag !== null && request.headers.get("if-none-match") === tag;
      const response = known ? new Response(null, { status: 304, headers: { etag: tag } }) : found;
      if (isolated) {
        response.headers.set("cross-origin-opener-policy", "same-origin");
        response.headers.set("cross-origin-embedder-policy", "require-corp");
      }
      this.requests.push([request.method, path, response.status, ...range ? [range] : []].join(" "));
      return response;
    });
  }

  /** Its address, with a slash at its end. */
  get address(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(
    path: string,
    range: string | null,
    folders: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const prefix = Object.keys(folders).find((prefix) => path.startsWith(prefix));
    const bytes = prefix === undefined ? undefined : await this.#bytes(
      path,
      join(folders[prefix], path.slice(prefix.length).replace(/(^|\/)$/, "$1index.html")),
    );
    if (!bytes) return new Response("not here", { status: 404 });
    const from = Number(/^bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0);
    const headers = new Headers({
      "content-type": TYPES[path.endsWith("/") ? ".html" : extname(path)] ?? "application/octet-stream",
      "content-length": String(bytes.length - from),
      etag: `"${bytes.length}"`,
    });
    if (range) headers.set("content-range", `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
    const cut = this.cuts.get(path)?.shift();
    const body = cut === undefined ? bytes.slice(from) : broken(bytes.slice(from, from + cut));
    return new Response(body, { status: range ? 206 : 200, headers });
  }

  async #bytes(path: string, file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.changed.get(path) ?? await Deno.readFile(file).catch(() => undefined);
  }
}

/** A body that breaks off after some bytes. */
function broken(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(bytes),
    async pull(controller) {
      // The bytes go out before the connection ends.
      await new Promise((resolve) => setTimeout(resolve, 200));
      controller.close();
    },
  });
}
