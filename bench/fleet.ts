/**
 * What a queue in Redis costs and how it scales, with the sections of the tests: needs `redis-server`.
 *
 * @module
 */
import type { JobQueue } from "../server/jobs/queue.ts";
import { queueKinds } from "../tests/fleet/queues.ts";
import { startRedis } from "../tests/fleet/redis.ts";
import { request } from "../tests/fleet/request.ts";
import { serveGallery, startWorker } from "../tests/fleet/served_gallery.ts";
import { until } from "../tests/server/gallery.ts";
import { idlePart } from "./fleet/idle.ts";
import { previewLatencies } from "./fleet/previews.ts";
import { median } from "./median.ts";

/** How many jobs are run one after the other. */
const JOBS = 40;

/** How many wait at once where workers share them. */
const SHARED = 40;

/** For how long a worker is watched that has nothing to do, in milliseconds. */
const IDLE = 30_000;

// In turn, so that both meet with the same of what else the machine does.
const kinds = await Promise.all(queueKinds.map(async ({ name, open }) => ({
  name,
  opened: await open({ limit: 1000 }),
  times: [] as number[],
})));
for (const { opened } of kinds) await run(opened.queue, -1);
for (let seed = 0; seed < JOBS; seed++) {
  for (const { opened, times } of kinds) times.push(await run(opened.queue, seed));
}
for (const { name, opened, times } of kinds) {
  const [typical, slowest] = [median(times), Math.max(...times)].map((time) => time.toFixed(1));
  console.log(`${name}: a job of one step takes ${typical} ms (median of ${JOBS}; at most ${slowest})`);
  await opened[Symbol.asyncDispose]();
}
const [local, redis] = kinds.map(({ times }) => median(times));
console.log(`a job through Redis costs ${(redis - local).toFixed(1)} ms more`);

const latencies = await previewLatencies();
console.log(
  `a preview is there ${
    median(latencies).toFixed(0)
  } ms after its making (median of ${latencies.length}; at most ${Math.max(...latencies)})`,
);

console.log(`a worker that waits uses ${(100 * await idlePart(IDLE)).toFixed(2)} % of a core`);

const alone: Record<string, number> = {};
for (const workers of [1, 2, 4]) {
  await using opened = new AsyncDisposableStack();
  const { address } = opened.use(await startRedis({ appendfsync: "everysec" }));
  const served = opened.use(await serveGallery(address));
  const { queue } = served.gallery;
  const programs = await Promise.all(
    Array.from({ length: workers }, () => startWorker(address, served.address)),
  );
  for (const program of programs) opened.use(program);
  await until(async () => (await queue.counts()).workers === workers, "all are there");
  // Their processes start with the first job.
  await share(
    queue,
    Array.from({ length: 2 * workers }, (_, i) => request({ seed: 2000 + i, steps: 1, wait: 500 })),
  );
  const loads = {
    "sleep": { steps: 10, wait: 50 },
    // The first step does not compute.
    "computing": { steps: 11, wait: 0, block: 50 },
  };
  for (const [what, load] of Object.entries(loads)) {
    if (what === "computing" && workers > navigator.hardwareConcurrency) continue;
    const rate = await share(queue, Array.from({ length: SHARED }, (_, seed) => request({ seed, ...load })));
    const part = 100 * rate / (alone[what] ??= rate) / workers;
    console.log(
      `${workers} workers: ${rate.toFixed(2)} jobs of 0.5 s of ${what} in a second (${part.toFixed(0)} %)`,
    );
  }
}
Deno.exit(0);

/** Asks for all at once; how many there are in a second. */
async function share(queue: JobQueue, wishes: readonly ReturnType<typeof request>[]): Promise<number> {
  const start = performance.now();
  await Promise.all(wishes.map(async (wish) => await end(queue, (await queue.start(wish)).id)));
  return wishes.length / (performance.now() - start) * 1000;
}

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
