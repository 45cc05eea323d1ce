/** How often a client may ask, counted in Redis: at all galleries of a fleet together. */
import { createHash } from "node:crypto";
import type { ClientLimit } from "../http/rate_limit.ts";
import type { FleetRedis } from "./scripts.ts";

/** A bucket for each client that fills as time goes by, as in `RateLimit`; each take is one script, by the clock of Redis. */
export class RedisRateLimit implements ClientLimit {
  readonly #redis: FleetRedis;
  readonly #prefix: string;
  readonly #perMinute: number;
  readonly #burst: number;

  /**
   * @param redis A connection with the fleet's scripts.
   * @param prefix What the names of all keys begin with.
   * @param perMinute How often in a minute, in the long run.
   * @param burst How often at once.
   */
  constructor(redis: FleetRedis, prefix: string, perMinute: number, burst: number = perMinute) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#perMinute = perMinute;
    this.#burst = burst;
  }

  async take(client: string): Promise<number> {
    // Redis need not know addresses, only tell them apart.
    const name = createHash("sha256").update(client).digest("base64url").slice(0, 22);
    return Number(await this.#redis.fleetTake(this.#prefix, name, this.#perMinute, this.#burst));
  }
}
