/**
 * What a queue in Redis costs and how it scales, with the sections of the tests: needs `redis-server`.
 *
 * @module
 */
import type { JobQueue } from "../server/jobs/queue.ts";
import { queueKinds } from "../tests/fleet/queues.ts";
import { request } from "../tests/fleet/request.ts";

/** How many jobs are run one after the other. */
const JOBS = 40;

/** How many wait at once where workers share them. */
const SHARED = 40;

for (const { name, open } of queueKinds) {
  await using opened = await open({ limit: 1000 });
  await run(opened.queue, -1);
  const times: number[] = [];
  for (let seed = 0; seed < JOBS; seed++) times.push(await run(opened.queue, seed));
  const [median, slowest] = [times.toSorted((a, b) => a - b)[JOBS / 2], Math.max(...times)];
  console.log(
    `${name}: a job of one step takes ${median.toFixed(1)} ms (median of ${JOBS}; at most ${
      slowest.toFixed(1)
    })`,
  );
}

const [, redis] = queueKinds;
let alone = 0;
for (const workers of [1, 2, 4, 8]) {
  await using opened = await redis.open({ workers, limit: 1000 });
  const { queue } = opened;
  const first = Array.from({ length: workers }, (_, i) => request({ seed: 2000 + i, steps: 1, wait: 500 }));
  await Promise.all(first.map(async (wish) => await end(queue, (await queue.start(wish)).id)));
  const start = performance.now();
  const wishes = Array.from({ length: SHARED }, (_, seed) => request({ seed, steps: 10, wait: 50 }));
  await Promise.all(wishes.map(async (wish) => await end(queue, (await queue.start(wish)).id)));
  const rate = SHARED / (performance.now() - start) * 1000;
  if (workers === 1) alone = rate;
  const part = 100 * rate / alone / workers;
  console.log(
    `Redis: ${workers} at a time: ${rate.toFixed(2)} jobs of 0.5 s of sleep in a second (${
      part.toFixed(0)
    } %)`,
  );
}
Deno.exit(0);

/** How long a job takes from its request to its last event, in milliseconds. */
async function run(queue: JobQueue, seed: number): Promise<number> {
  const start = performance.now();
  const { id } = await queue.start(request({ seed: seed + 1000, steps: 1, wait: 0 }));
  await end(queue, id);
  return performance.now() - start;
}

async function end(queue: JobQueue, id: string): Promise<void> {
  for await (const _ of (await queue.watch(id, 0, new AbortController().signal))!);
}
