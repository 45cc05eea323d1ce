/** How often a client may ask. */

/** A bucket that fills as time goes by, one for each client. */
export class RateLimit {
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
    if (this.#buckets.size > 10_000) this.#forget(now);
    const known = this.#buckets.get(client) ?? { tokens: this.#burst, at: now };
    const tokens = Math.min(this.#burst, known.tokens + (now - known.at) * this.#perMinute / 60_000);
    const allowed = tokens >= 1;
    this.#buckets.set(client, { tokens: allowed ? tokens - 1 : tokens, at: now });
    return allowed ? 0 : Math.ceil((1 - tokens) * 60 / this.#perMinute);
  }

  /** Full buckets say nothing. */
  #forget(now: number): void {
    for (const [client, { tokens, at }] of this.#buckets) {
      if (tokens + (now - at) * this.#perMinute / 60_000 >= this.#burst) this.#buckets.delete(client);
    }
  }
}
