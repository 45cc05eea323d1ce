/** A hub on the loopback address: as much of its behaviour as pulling a model meets, and all that can go wrong. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** A repository on the hub. */
export interface HubRepo {
  /** Contents by path. */
  files: Record<string, Uint8Array>;
  /** The commit of `main`. */
  commit: string;
  /** Who may download: everybody, or these tokens once they have accepted a licence. */
  gatedFor?: string[];
  /** Who may know that it exists: everybody, or these tokens. */
  privateFor?: string[];
}

/** What goes wrong, once, when a file's content is asked for. */
export type Fault =
  /** The connection breaks after some bytes of the answer. */
  | { kind: "cut"; after: number }
  /** Nothing comes after some bytes of the answer, and the connection stays. */
  | { kind: "stall"; after: number }
  /** Another status. */
  | { kind: "status"; status: number; headers?: Record<string, string> }
  /** One byte is wrong. */
  | { kind: "flip" }
  /** The whole file, though a part was asked for. */
  | { kind: "whole" }
  /** A part, but not the one that was asked for. */
  | { kind: "shifted" }
  /** More bytes than the file has, in chunks. */
  | { kind: "longer" };

/** A request, as it arrived. */
export interface Received {
  readonly server: "hub" | "cdn";
  readonly path: string;
  readonly authorization?: string;
  readonly range?: string;
  readonly ifRange?: string;
}

/** An entry of a listing, whatever it may say. */
export type ListingEntry = Record<string, unknown>;

/** Files of this size or more lie on the CDN. */
const LARGE = 1000;

const sha1 = (bytes: Uint8Array) =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");

/** What a file's content hashes to. */
export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The name of a file's blob in the shared cache. */
export function blobName(bytes: Uint8Array): string {
  return bytes.length >= LARGE ? sha256(bytes) : sha1(bytes);
}

/** A hub, and the other server that it redirects to for large files. */
export class HubServer implements AsyncDisposable {
  /** The repositories by name. */
  readonly repos: Map<string, HubRepo> = new Map();
  /** The tokens that are valid. */
  readonly tokens: Set<string> = new Set();
  /** What goes wrong, by path of the file, first things first. */
  readonly faults: Map<string, Fault[]> = new Map();
  /** All that has been asked. */
  readonly received: Received[] = [];
  /** Entries that the listing has besides the files. */
  entries: ListingEntry[] = [];
  /** How many entries a page of the listing has. */
  pageSize = 1000;
  /** What the CDN's tags begin with; another one stands for another content. */
  edition = "1";
  /** The hash that the hub claims a file to have now, by path. */
  readonly linkedEtags: Map<string, string> = new Map();
  /** Where the hub redirects to for large files, instead of its CDN. */
  redirect?: string;
  /** What the API answers instead of JSON. */
  page?: string;

  readonly #hub: Server;
  readonly #cdn: Server;

  private constructor() {
    this.#hub = createServer((request, response) => this.#answer("hub", request, response));
    this.#cdn = createServer((request, response) => this.#answer("cdn", request, response));
  }

  /** Starts both servers. */
  static async start(): Promise<HubServer> {
    const server = new HubServer();
    for (const one of [server.#hub, server.#cdn]) {
      await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
    }
    return server;
  }

  /** The hub's address. */
  get endpoint(): string {
    return address(this.#hub);
  }

  /** What was asked of a file's content. */
  asked(path: string): Received[] {
    return this.received.filter((request) => request.path.includes(`/${path}`));
  }

  /** Stops both servers, whatever they are doing. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of [this.#hub, this.#cdn]) {
      one.closeAllConnections();
      await new Promise((resolve) => one.close(resolve));
    }
  }

  #answer(server: "hub" | "cdn", request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url!, "http://hub");
    const { authorization, range, "if-range": ifRange } = request.headers as Record<string, string>;
    this.received.push({ server, path: url.pathname, authorization, range, ifRange });
    if (server === "cdn") return this.#cdnFile(url, request, response);
    const token = authorization?.replace("Bearer ", "");
    if (token && !this.tokens.has(token)) return refuse(response, 401); // no code, as the hub has none here
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/([^/]+)$/.exec(url.pathname);
    const file = /^\/(?:api\/resolve-cache\/models\/)?([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(
      url.pathname,
    );
    const name = api?.[1] ?? file?.[1] ?? "";
    const repo = this.repos.get(name);
    if (!repo || (repo.privateFor && !repo.privateFor.includes(token ?? ""))) {
      return refuse(response, token ? 404 : 401, "RepoNotFound");
    }
    const revision = decodeURIComponent(api?.[3] ?? file![2]);
    if (revision !== "main" && revision !== repo.commit) return refuse(response, 404, "RevisionNotFound");
    if (api) return this.#api(api[2], name, repo, url, response);
    if (repo.gatedFor && !repo.gatedFor.includes(token ?? "")) {
      return refuse(response, token ? 403 : 401, "GatedRepo");
    }
    this.#hubFile(name, repo, decodeURIComponent(file![3]), url, request, response);
  }

  #api(kind: string, name: string, repo: HubRepo, url: URL, response: ServerResponse): void {
    if (this.page !== undefined) {
      response.writeHead(200, { "content-type": "text/html" }).end(this.page);
      return;
    }
    if (kind === "revision") {
      const gated = repo.gatedFor ? "auto" : false;
      const info = { _id: "0", id: name, sha: repo.commit, private: !!repo.privateFor, gated };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(info));
      return;
    }
    const folders = new Set(Object.keys(repo.files).flatMap((path) => path.split("/").slice(0, -1)));
    const all: ListingEntry[] = [
      ...[...folders].map((path) => ({ type: "directory", path, size: 0, oid: "0".repeat(40) })),
      ...Object.entries(repo.files).map(([path, bytes]) => entry(path, bytes)),
      ...this.entries,
    ];
    const start = Number(url.searchParams.get("cursor") ?? 0);
    const end = start + this.pageSize;
    const next = new URL(url.pathname + url.search, this.endpoint);
    next.searchParams.set("cursor", String(end));
    response.writeHead(200, {
      "content-type": "application/json",
      ...(end < all.length ? { link: `<${next.href}>; rel="next"` } : {}),
    }).end(JSON.stringify(all.slice(start, end)));
  }

  #hubFile(
    name: string,
    repo: HubRepo,
    path: string,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const bytes = repo.files[path];
    if (!bytes) return refuse(response, 404, "EntryNotFound");
    const hash = this.linkedEtags.get(path) ?? blobName(bytes);
    if (bytes.length >= LARGE) {
      const location = this.redirect ?? `${address(this.#cdn)}/${name}/${path}?signature=x`;
      response.writeHead(302, { location, "x-linked-etag": `"${hash}"`, "x-linked-size": bytes.length })
        .end();
    } else if (!url.pathname.startsWith("/api/")) {
      response.writeHead(307, { location: `/api/resolve-cache/models${url.pathname}` }).end();
    } else {
      this.#content(path, bytes, `"${hash}"`, request, response);
    }
  }

  #cdnFile(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const [, org, name, ...rest] = url.pathname.split("/");
    const path = decodeURIComponent(rest.join("/"));
    const bytes = this.repos.get(`${org}/${name}`)?.files[path];
    // A store of objects takes the signature in the address, and no other credentials beside it.
    if (!bytes || request.headers.authorization) return refuse(response, 400);
    this.#content(path, bytes, `"${this.edition}-${sha1(bytes)}"`, request, response);
  }

  #content(
    path: string,
    bytes: Uint8Array,
    etag: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const fault = this.faults.get(path)?.shift();
    if (fault?.kind === "status") {
      response.writeHead(fault.status, fault.headers).end();
      return;
    }
    const { range, "if-range": ifRange } = request.headers as Record<string, string>;
    const part = (ifRange === undefined || ifRange === etag) && fault?.kind !== "whole";
    let start = part ? Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0) : 0;
    if (fault?.kind === "shifted") start++;
    if (start >= bytes.length && bytes.length > 0) {
      response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
      return;
    }
    const body = bytes.slice(start);
    if (fault?.kind === "flip") body[0] ^= 1;
    const longer = fault?.kind === "longer";
    response.writeHead(part && range ? 206 : 200, {
      etag,
      ...(longer ? {} : { "content-length": body.length }),
      ...(part && range ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    if (fault?.kind === "cut") {
      // The bytes must be out before the connection goes.
      response.write(body.subarray(0, fault.after), () => setTimeout(() => response.socket?.destroy(), 20));
    } else if (fault?.kind === "stall") {
      response.write(body.subarray(0, fault.after));
    } else {
      response.write(body);
      response.end(longer ? "more" : undefined);
    }
  }
}

/** What the listing says of a file. */
function entry(path: string, bytes: Uint8Array): ListingEntry {
  if (bytes.length < LARGE) return { type: "file", path, size: bytes.length, oid: sha1(bytes) };
  const lfs = { oid: sha256(bytes), size: bytes.length, pointerSize: 130 };
  return { type: "file", path, size: bytes.length, oid: "f".repeat(40), lfs };
}

function refuse(response: ServerResponse, status: number, code?: string): void {
  response.writeHead(status, code ? { "x-error-code": code } : {}).end(JSON.stringify({ error: "no" }));
}

function address(server: Server): string {
  const where = server.address();
  if (where === null || typeof where === "string") throw new Error("not listening");
  return `http://127.0.0.1:${where.port}`;
}
