/** Many ask for the same at several galleries, while workers, galleries and Redis are killed: each result is made, and all are answered. */
import { assert, assertEquals } from "@std/assert";
import type { RedisQueue } from "../../server/fleet/redis_queue.ts";
import { until } from "../server/gallery.ts";
import { openRedisQueue } from "./queues.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { request } from "./request.ts";
import { serveGallery, startWorker, type WorkerProgram } from "./served_gallery.ts";

console.error = () => {};

const KEYS = 20;
const WAITERS = 100;

Deno.test({
  name:
    "100 requests for 20 results at three galleries, with three workers that are killed in turn and a Redis that is restarted",
  ignore: !hasRedis,
  async fn() {
    await using redis = await startRedis();
    await using served = await serveGallery(redis.address);
    const replicas: RedisQueue[] = [
      await openRedisQueue(redis, { limit: 1000 }),
      await openRedisQueue(redis, { limit: 1000 }),
    ];
    const workers: WorkerProgram[] = await Promise.all(
      Array.from({ length: 3 }, () => startWorker(redis.address, served.address)),
    );
    const { store, queue } = served.gallery;
    await until(async () => (await queue.counts()).workers === 3, "the workers are known");
    const wishes = Array.from({ length: KEYS }, (_, seed) => request({ seed, steps: 12, wait: 50 }));

    /** Asks until there is an answer, at another gallery where one is gone, as a page behind a proxy does. */
    const waiter = async (number: number): Promise<string> => {
      const wish = wishes[number % KEYS];
      for (let i = number;; i++) {
        if (await store.get(wish.key)) return "done";
        const asked = [queue, ...replicas][i % (replicas.length + 1)];
        try {
          const { id } = await asked.start(wish);
          let last = "";
          for await (const { type } of (await asked.watch(id, 0, new AbortController().signal)) ?? []) {
            last = type;
          }
          if (last === "done") return last;
          if (last !== "") return last;
        } catch {
          // The gallery is gone.
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    };
    const waiting = Promise.all(Array.from({ length: WAITERS }, (_, i) => waiter(i)));
    let over = false;
    const outcomes = waiting.finally(() => over = true);
    let faults = 0;
    for (; !over && faults < 6; faults++) {
      await Promise.race([outcomes, new Promise((resolve) => setTimeout(resolve, 1500))]);
      if (over) break;
      if (faults === 2) await redis.restart();
      else if (faults === 4) await replicas.pop()![Symbol.asyncDispose]();
      else {
        await workers[faults % 3].kill();
        await workers[faults % 3][Symbol.asyncDispose]();
        workers[faults % 3] = await startWorker(redis.address, served.address);
      }
    }
    const ends = await outcomes;
    assert(faults >= 3, `only ${faults} faults`);
    assertEquals(ends.filter((end) => end !== "done"), []);
    assertEquals((await store.size()).results, KEYS);
    for (const { key, parameters } of wishes) {
      const result = (await store.get(key))!;
      assertEquals([result.parameters, result.figures.length], [parameters, 1]);
      assert((await store.file(key, result.figures[0].file))!.length > 50);
      const events = (await store.events(key))!;
      assertEquals(events.filter(({ type }) => type === "points").length, 12, "of one attempt, whole");
    }
    for (const worker of workers) await worker[Symbol.asyncDispose]();
    for (const replica of replicas) await replica[Symbol.asyncDispose]();
  },
});
