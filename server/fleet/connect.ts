/** Connections to Redis or Valkey. */
import { Redis } from "ioredis";
import { ArgumentError, described } from "../../lib/errors.ts";
import { redisHost, withoutPassword } from "./redis_host.ts";

/** How long the first answer may take, in milliseconds. */
const PATIENCE = 5000;

/** The longest time between two attempts to connect again, in milliseconds. */
const LONGEST_PAUSE = 2000;

/** The oldest version that has what is used here: entries of streams that are numbered by the server. */
const OLDEST = 7;

/**
 * Connects, and sees that there is an answer. A connection that breaks later is made again.
 *
 * @param address `redis://[:PASSWORD@]HOST[:PORT][/DATABASE]`, or `rediss://` for TLS.
 * @throws {ArgumentError} if it is no such address, nothing answers there, or the password is wrong. Its message has no password.
 */
export async function connectRedis(address: string): Promise<Redis> {
  redisHost(address);
  const shown = withoutPassword(address);
  let connected = false;
  const redis = new Redis(address, {
    lazyConnect: true,
    connectTimeout: PATIENCE,
    // As BullMQ demands: commands wait until there is a connection again.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => connected ? Math.min(50 * 2 ** times, LONGEST_PAUSE) : null,
  });
  let reason = "";
  redis.on("error", (error) => {
    reason = error.message || (error as { readonly code?: string }).code || String(error);
    if (connected) console.error(`redis: ${reason}`);
  });
  try {
    await redis.connect();
    const version = /redis_version:(\d+)/.exec(await redis.info("server"))?.[1];
    if (Number(version) < OLDEST) throw new Error(`it is version ${version}`);
    connected = true;
    return redis;
  } catch (error) {
    redis.disconnect();
    throw new ArgumentError(
      "queue",
      described(shown),
      `the address of a Redis ${OLDEST} or Valkey that answers`,
      {
        note: reason || (error as Error).message,
        cause: error,
      },
    );
  }
}

/**
 * Waits for a parting that Redis has to answer, but not for ever: who stops while Redis is away does not wait for it to be back.
 * What is left undone is found by others: a member that says nothing is struck off, a job whose lock ends is handed on.
 *
 * @returns Whether it came to its end.
 */
export async function partInTime(parting: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), PATIENCE);
  try {
    return await Promise.race([parting.then(() => true, () => false), late]);
  } finally {
    clearTimeout(timer);
  }
}
