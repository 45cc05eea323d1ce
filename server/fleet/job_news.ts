/** That something happened to a job, as Redis publishes it: one connection for all who watch. */
import type { Redis } from "ioredis";

/** Hears of jobs. */
export class JobNews implements Disposable {
  readonly #redis: Redis;
  readonly #channel: string;
  readonly #listeners = new Map<string, Set<() => void>>();

  /**
   * @param redis A connection for this alone.
   * @param channel What the names of the channels begin with; the job's follows.
   */
  constructor(redis: Redis, channel: string) {
    this.#redis = redis;
    this.#channel = channel;
    redis.on("message", (name: string) => {
      for (const listener of this.#listeners.get(name) ?? []) listener();
    });
  }

  /** Subscribes to a job. */
  async of(id: string): Promise<NewsOfJob> {
    const name = this.#channel + id;
    let wake = () => {};
    const listener = () => wake();
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    if (listeners.size === 1) await this.#redis.subscribe(name);
    return {
      next: (most, signal) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, most);
        wake = resolve;
        const end = () => resolve();
        signal.addEventListener("abort", end, { once: true });
        return promise.finally(() => {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
        });
      },
      [Symbol.dispose]: () => {
        wake();
        listeners.delete(listener);
        if (listeners.size > 0) return;
        this.#listeners.delete(name);
        this.#redis.unsubscribe(name).catch(() => {});
      },
    };
  }

  [Symbol.dispose](): void {
    this.#redis.disconnect();
  }
}

/** The events of one job. */
export interface NewsOfJob extends Disposable {
  /**
   * Settles when there is news, or after a while.
   *
   * @param most How long at most, in milliseconds.
   * @param signal Ends the waiting.
   */
  next(most: number, signal: AbortSignal): Promise<void>;
}
