/** How often a client may ask. */

/** How many clients are known at a time. */
const CLIENTS = 10_000;

/** Counts what clients ask for, at this server or at all of a fleet. */
export interface ClientLimit {
  /**
   * Takes one.
   *
   * @param client Who asks.
   * @returns 0 if it is allowed, else the seconds until it is.
   */
  take(client: string): number | Promise<number>;
}

/** A bucket that fills as time goes by, one for each client. */
export class RateLimit implements ClientLimit {
  readonly #perMinute: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /**
   * @param perMinute How often in a minute, in the long run.
   * @param burst How often at once.
   */
  constructor(perMinute: number, burst: number = perMinute) {
    this.#perMinute = perMinute;
    this.#burst = burst;
  }

  /**
   * Takes one.
   *
   * @param client Who asks.
   * @param now The time, in milliseconds.
   * @returns 0 if it is allowed, else the seconds until it is.
   */
  take(client: string, now: number = Date.now()): number {
    const tokens = this.#tokens(client, now);
    const allowed = tokens >= 1;
    this.#buckets.delete(client);
    this.#buckets.set(client, { tokens: allowed ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > CLIENTS) this.#forget(now);
    return allowed ? 0 : this.#seconds(tokens);
  }

  /** The seconds until a client may ask; 0 for now. Nothing is taken. */
  wait(client: string, now: number = Date.now()): number {
    const tokens = this.#tokens(client, now);
    return tokens >= 1 ? 0 : this.#seconds(tokens);
  }

  #tokens(client: string, now: number): number {
    const { tokens, at } = this.#buckets.get(client) ?? { tokens: this.#burst, at: now };
    return Math.min(this.#burst, tokens + (now - at) * this.#perMinute / 60_000);
  }

  #seconds(tokens: number): number {
    return Math.ceil((1 - tokens) * 60 / this.#perMinute);
  }

  /** Full buckets say nothing; of the others those give way that were used the longest time ago. */
  #forget(now: number): void {
    for (const client of this.#buckets.keys()) {
      if (this.#tokens(client, now) >= this.#burst) this.#buckets.delete(client);
    }
    for (const client of this.#buckets.keys()) {
      if (this.#buckets.size <= CLIENTS / 2) return;
      this.#buckets.delete(client);
    }
  }
}
