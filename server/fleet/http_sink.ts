/** Hands results to a gallery over HTTP. */
import { ArgumentError, described } from "../../lib/errors.ts";
import type { Entry } from "../jobs/event_log.ts";
import type { JobRequest } from "../jobs/job.ts";
import type { ResultSink } from "../store/store.ts";
import type { WireFigure, WireResult, WireUpload } from "../wire.ts";
import type { FleetResults } from "./fleet_results.ts";

/** How long it is tried again where the gallery does not answer or has no room, in milliseconds. */
const PATIENCE = 60_000;

/** How long one answer may take, in milliseconds, and how much longer for each byte that is sent. */
const ANSWER = 30_000;
const FOR_A_BYTE = 0.001;

/** A gallery that is reached over HTTP. What it does not take at once is sent again, for a while. */
export class HttpSink implements ResultSink, FleetResults {
  readonly #gallery: string;
  readonly #token: string;
  readonly #patience: number;

  /**
   * @param gallery The gallery's address: `http://HOST:PORT`.
   * @param token The fleet's token.
   * @param patience How long it is tried again, in milliseconds.
   */
  constructor(gallery: string, token: string, patience: number = PATIENCE) {
    this.#gallery = new URL(gallery).origin;
    this.#token = token;
    this.#patience = patience;
  }

  /**
   * Sees that the gallery takes results.
   *
   * @throws {ArgumentError} if it does not answer, has no fleet, or has another token.
   */
  async check(): Promise<void> {
    const response = await this.#send("GET", "/api/fleet").catch((error) => {
      throw new ArgumentError("gallery", this.#gallery, "the address of a gallery that answers", {
        note: (error as Error).message,
        cause: error,
      });
    });
    await response.body?.cancel();
    if (response.ok) return;
    if (response.status === 401) {
      throw new ArgumentError(
        "GALLERY_FLEET_TOKEN",
        described("a token"),
        "the token of the gallery's fleet",
      );
    }
    throw new ArgumentError(
      "gallery",
      this.#gallery,
      "the address of a gallery that was started with --queue",
    );
  }

  async stage(job: string): Promise<void> {
    await this.#done("PUT", `/api/fleet/jobs/${job}`);
  }

  async put(job: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#done("PUT", `/api/fleet/jobs/${job}/files/${file}`, bytes);
  }

  async keep(
    job: string,
    request: JobRequest,
    figures: readonly WireFigure[],
    seconds: number,
    events: readonly Entry[],
  ): Promise<void> {
    const body = new TextEncoder().encode(JSON.stringify({ job, request, figures, seconds, events }));
    await this.#done("PUT", `/api/fleet/results/${request.key}`, body, "application/json");
  }

  async discard(job: string): Promise<void> {
    await this.#done("DELETE", `/api/fleet/jobs/${job}`);
  }

  async get(key: string): Promise<WireResult | undefined> {
    return await this.#foundJson(`/api/fleet/results/${key}`);
  }

  async file(key: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await this.#found(`/api/fleet/results/${key}/files/${name}`);
  }

  async addUpload(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const { id }: WireUpload = JSON.parse(await this.#done("PUT", "/api/fleet/uploads", bytes));
    return id;
  }

  async addWeights(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const { id } = JSON.parse(await this.#done("PUT", "/api/fleet/weights", bytes));
    return id;
  }

  async events(key: string): Promise<Entry[] | undefined> {
    return await this.#foundJson(`/api/fleet/results/${key}/events`);
  }

  /** A picture or weights that a user has sent; undefined if they are no longer kept. */
  async upload(id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await this.#found(`/api/fleet/uploads/${id}`);
  }

  /** What is at a path; undefined if there is nothing. */
  async #found(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const response = await this.#insist("GET", path);
    if (response.ok) return await response.bytes();
    await response.body?.cancel();
    return undefined;
  }

  async #foundJson<T>(path: string): Promise<T | undefined> {
    const bytes = await this.#found(path);
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  }

  async #done(
    method: string,
    path: string,
    body?: Uint8Array<ArrayBuffer>,
    type?: string,
  ): Promise<string> {
    const response = await this.#insist(method, path, body, type);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}: ${text.slice(0, 300)}`);
    return text;
  }

  /** Sends a request until it is answered by something else than a fault of the gallery's. */
  async #insist(
    method: string,
    path: string,
    body?: Uint8Array<ArrayBuffer>,
    type?: string,
  ): Promise<Response> {
    const end = Date.now() + this.#patience;
    for (let pause = 100;; pause = Math.min(2 * pause, 5000)) {
      const outcome = await this.#send(method, path, body, type).catch((error: unknown) => error as Error);
      const again = !(outcome instanceof Response) || outcome.status >= 500 || outcome.status === 429;
      if (!again) return outcome;
      if (Date.now() + pause > end) {
        if (outcome instanceof Response) return outcome;
        throw outcome;
      }
      if (outcome instanceof Response) await outcome.body?.cancel();
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #send(
    method: string,
    path: string,
    body?: Uint8Array<ArrayBuffer>,
    type?: string,
  ): Promise<Response> {
    return await fetch(this.#gallery + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, ...(type && { "content-type": type }) },
      signal: AbortSignal.timeout(ANSWER + Math.ceil(FOR_A_BYTE * (body?.length ?? 0))),
      ...(body && { body }),
    });
  }
}
