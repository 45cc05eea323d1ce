import { BrokenConnection, HubError } from "./error.ts";

/** How patient to be. */
export interface RetryOptions {
  /** How often in a row a request may fail for a reason that may pass, before it is given up. */
  readonly retries: number;
  /** The pause after the first failure in milliseconds; each further pause is twice as long. */
  readonly retryDelay: number;
  /** Ends the pauses. */
  readonly signal?: AbortSignal;
}

/** No pause is longer, in milliseconds, whatever the server asks for. */
const LONGEST = 60_000;

/** Counts the failures of one piece of work, and pauses after each. */
export class Retries {
  readonly #options: RetryOptions;
  #failures = 0;

  /** Starts without failures. */
  constructor(options: RetryOptions) {
    this.#options = options;
  }

  /** Forgets the failures: there has been progress. */
  reset(): void {
    this.#failures = 0;
  }

  /**
   * Waits until it is time for the next attempt.
   *
   * @param error Why the last one failed.
   * @throws What failed, if another attempt would not help; {@linkcode HubError} if there were enough of them.
   */
  async pause(error: unknown): Promise<void> {
    if (!(error instanceof BrokenConnection)) throw error;
    const { retries, retryDelay, signal } = this.#options;
    if (++this.#failures > retries) {
      throw new HubError(
        "connection",
        `${error.message}; given up after ${this.#failures} attempts, but pulling again goes on from what has arrived`,
        { cause: error },
      );
    }
    const asked = error.retryAfter ?? retryDelay * 2 ** (this.#failures - 1);
    await pause(Math.min(asked, LONGEST), signal);
  }
}

/**
 * Waits.
 *
 * @param milliseconds How long.
 * @param signal Ends the pause.
 * @throws The signal's reason, once it is aborted.
 */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
