import { BrokenConnection } from "./error.ts";

/** Aborts its signal once nothing has been heard for some time. */
export class Watchdog implements Disposable {
  readonly #controller = new AbortController();
  readonly #host: string;
  readonly #timeout: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Starts to wait.
   *
   * @param host Who is to be heard, for the error.
   * @param timeout How long the silence may be, in milliseconds.
   */
  constructor(host: string, timeout: number) {
    this.#host = host;
    this.#timeout = timeout;
    this.heard();
  }

  /** Aborted with a {@linkcode BrokenConnection}. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts to wait anew. */
  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#controller.abort(
        new BrokenConnection(`${this.#host} has sent nothing for ${this.#timeout / 1000} seconds`),
      );
    }, this.#timeout);
  }

  /** Ends the waiting. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** An answer with its body still to be read; to be disposed of. */
export class Answer implements AsyncDisposable {
  readonly #watchdog: Watchdog;
  readonly #signal: AbortSignal;

  /** Made by a connection. */
  constructor(
    /** Who has answered in the end: the hub, or where it has sent the request to. */
    readonly url: URL,
    /** Status, headers and body. */
    readonly response: Response,
    /** What the hub said that the content's hash is; undefined where it did not. */
    readonly linkedEtag: string | undefined,
    watchdog: Watchdog,
    signal: AbortSignal,
  ) {
    this.#watchdog = watchdog;
    this.#signal = signal;
  }

  /**
   * The body's bytes, as they arrive.
   *
   * @throws {BrokenConnection} if the connection breaks, or nothing arrives for too long.
   */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const reader = this.response.body?.getReader();
    if (!reader) return;
    try {
      while (true) {
        const { value, done } = await this.#read(reader);
        if (done) return;
        this.#watchdog.heard();
        yield value;
      }
    } finally {
      reader.releaseLock();
    }
  }

  async #read(
    reader: ReadableStreamDefaultReader<Uint8Array>,
  ): Promise<ReadableStreamReadResult<Uint8Array>> {
    try {
      return await reader.read();
    } catch (error) {
      this.#signal.throwIfAborted();
      throw new BrokenConnection(`the connection to ${this.url.host} broke`, { cause: error });
    }
  }

  /** Ends the request, wherever it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#watchdog[Symbol.dispose]();
    await this.response.body?.cancel().catch(() => {}); // it may have failed already
  }
}
