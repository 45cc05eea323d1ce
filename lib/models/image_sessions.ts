import { type Device, SessionError } from "../onnx/mod.ts";

/** A session, or several that go together. */
export interface SizedSession extends AsyncDisposable {
  /** Where it runs. */
  readonly device: Device;
  /** How long the runtime has computed so far, in milliseconds. */
  readonly runtimeMs: number;
}

/** Opens the session for images of a size. */
export type OpenForSize<Opened extends SizedSession> = (height: number, width: number) => Promise<Opened>;

/**
 * The session of a network for images of one size, which gives way to that for another one when images have it: a session
 * may have a copy of all weights, so there are never two.
 */
export class ImageSessions<Opened extends SizedSession> implements AsyncDisposable {
  readonly #open: OpenForSize<Opened>;
  #session: Opened | undefined;
  #size: string;
  #device: Device;
  #closedMs = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  private constructor(open: OpenForSize<Opened>, session: Opened, size: string) {
    this.#open = open;
    this.#session = session;
    this.#size = size;
    this.#device = session.device;
  }

  /**
   * Opens the first session, so that what is wrong with the network or the device is reported now.
   *
   * @param open Opens a session.
   * @param height The height of the images.
   * @param width The width of the images.
   * @throws Whatever opening it does.
   */
  static async open<Opened extends SizedSession>(
    open: OpenForSize<Opened>,
    height: number,
    width: number,
  ): Promise<ImageSessions<Opened>> {
    return new ImageSessions(open, await open(height, width), sizeKey(height, width));
  }

  /** Where it runs. */
  get device(): Device {
    return this.#device;
  }

  /** How long the runtime has computed so far, in milliseconds, in all sessions. */
  get runtimeMs(): number {
    return this.#closedMs + (this.#session?.runtimeMs ?? 0);
  }

  /**
   * Does something with the session for a size, after whatever is being done with a session.
   *
   * @param height The height of the images.
   * @param width The width of the images.
   * @param body What is done.
   * @returns What `body` returns.
   * @throws {SessionError} if the sessions were disposed of.
   * @throws Whatever opening the session, or `body`, does.
   */
  use<T>(height: number, width: number, body: (session: Opened) => Promise<T>): Promise<T> {
    if (this.#disposed) {
      return Promise.reject(new SessionError("model: closed where an open one is expected"));
    }
    const result = this.#queue.then(async () => await body(await this.#at(height, width)));
    // Later callers wait for it, but do not receive its errors.
    this.#queue = result.catch(() => {});
    return result;
  }

  async #at(height: number, width: number): Promise<Opened> {
    const size = sizeKey(height, width);
    if (this.#session && this.#size === size) return this.#session;
    await this.#close();
    this.#session = await this.#open(height, width);
    this.#size = size;
    this.#device = this.#session.device;
    return this.#session;
  }

  async #close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#closedMs += session?.runtimeMs ?? 0;
    await session?.[Symbol.asyncDispose]();
  }

  /** Frees the session's memory, once nothing is done with it; the second time it does nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#queue;
    await this.#close();
  }
}

function sizeKey(height: number, width: number): string {
  return `${height}x${width}`;
}
