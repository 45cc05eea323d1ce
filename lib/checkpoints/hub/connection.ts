/**
 * Requests to a hub about one repository: who gets to see the token, where redirects may lead, when to give up.
 *
 * @module
 */
import { Answer, Watchdog } from "./answer.ts";
import { BrokenConnection, HubError } from "./error.ts";
import { type Asked, refusal } from "./refusal.ts";
import { Retries, type RetryOptions } from "./retries.ts";

/** What a connection needs. */
export interface ConnectionOptions extends Asked, RetryOptions {
  /** After how many milliseconds of silence a connection counts as broken. */
  readonly timeout: number;
}

/** The part of a file that is asked for. */
export interface Part {
  /** Its first byte; the end is the file's. */
  readonly start: number;
  /** The content that it must belong to, as the server at an origin named it earlier; defaults to any. */
  readonly of?: { readonly origin: string; readonly etag: string };
}

/** More redirects than a hub needs. */
const MAX_REDIRECTS = 10;

/** A connection to a hub. */
export class Connection {
  /** What it was made with. */
  readonly options: ConnectionOptions;
  #reached = false;

  /** Connects when it is asked to. */
  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  /** A count of failures for one piece of work. */
  retries(): Retries {
    return new Retries(this.options);
  }

  /** The address of a file of the repository. */
  fileUrl(commit: string, path: string): URL {
    const { endpoint, repo } = this.options;
    const escaped = path.split("/").map(encodeURIComponent).join("/");
    return new URL(`${this.base}/${repo}/resolve/${commit}/${escaped}`, endpoint);
  }

  /** The hub's address without a slash at its end. */
  get base(): string {
    return this.options.endpoint.href.replace(/\/+$/, "");
  }

  /**
   * Asks for a file or a part of it, and follows redirects. The token goes to the hub alone: not to another host, nor to
   * another port of the same.
   *
   * @throws {BrokenConnection} if it fails for a reason that may pass.
   * @throws {HubError} if the hub cannot be reached at all, or refuses.
   */
  async open(address: URL, headers: HeadersInit = {}, part?: Part): Promise<Answer> {
    const { endpoint, token, timeout, signal } = this.options;
    let url = address;
    let linkedEtag: string | undefined;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const own = new Headers(headers);
      if (part) own.set("range", `bytes=${part.start}-`);
      if (part?.of?.origin === url.origin) own.set("if-range", part.of.etag);
      if (token && url.origin === endpoint.origin) own.set("authorization", `Bearer ${token}`);
      const watchdog = new Watchdog(url.host, timeout);
      const either = AbortSignal.any(signal ? [signal, watchdog.signal] : [watchdog.signal]);
      const response = await this.#fetch(url, own, watchdog, either);
      const { status, headers: said, ok } = response;
      if (url.origin === endpoint.origin) linkedEtag = plainEtag(said.get("x-linked-etag")) ?? linkedEtag;
      const answer = new Answer(url, response, linkedEtag, watchdog, either);
      // Whether a part that lies behind the end is an error is for the caller to say.
      if (ok || status === 416) return answer;
      await answer[Symbol.asyncDispose]();
      if (status < 300 || status >= 400) throw refusal(url, response, this.options);
      url = this.#redirected(url, said.get("location"));
    }
    throw new HubError("connection", `${address.host} redirects more than ${MAX_REDIRECTS} times`);
  }

  /**
   * `fetch` for a client of the hub's API: with this connection's token, redirects, attempts and errors. The answer is read
   * to its end before it is given.
   */
  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const retries = this.retries();
    while (true) {
      try {
        await using answer = await this.open(url, init?.headers);
        const chunks = await Array.fromAsync(answer.chunks());
        const { status, headers } = answer.response;
        return new Response(new Blob(chunks as Uint8Array<ArrayBuffer>[]), { status, headers });
      } catch (error) {
        await retries.pause(error);
      }
    }
  };

  async #fetch(url: URL, headers: Headers, watchdog: Watchdog, signal: AbortSignal): Promise<Response> {
    try {
      const response = await fetch(url, { headers, signal, redirect: "manual" });
      this.#reached = true;
      watchdog.heard();
      return response;
    } catch (error) {
      watchdog[Symbol.dispose]();
      signal.throwIfAborted();
      if (!(error instanceof TypeError)) throw error; // such as that the process may not use the network
      const why = `no connection to ${url.host} (${reason(error)})`;
      // What was there a moment ago may come back; what never was will not by waiting for it.
      if (this.#reached) throw new BrokenConnection(why, { cause: error });
      throw new HubError("connection", `${why}: is this machine offline?`, { cause: error });
    }
  }

  #redirected(from: URL, location: string | null): URL {
    const to = location === null ? null : URL.parse(location, from);
    const fits = to && (to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:"));
    if (!fits) {
      const shown = JSON.stringify(location?.slice(0, 120) ?? null);
      throw new HubError("connection", `${from.host} redirects to ${shown} where an address is expected`);
    }
    return to;
  }
}

/** An entity tag without what marks it as weak, and without quotes. */
function plainEtag(etag: string | null): string | undefined {
  return etag?.replace(/^W\//, "").replace(/^"|"$/g, "") || undefined;
}

/** Why a connection could not be made, in the system's words. */
function reason(error: TypeError): string {
  const { message } = error.cause instanceof Error ? error.cause : error;
  return message.replace(/^error sending request .*?client error \(\w+\): /s, "").slice(0, 200);
}
