/** A fleet whose parts are killed: no job is lost, none runs for ever, and whoever watches hears how it ends. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { JobQueue } from "../../server/jobs/queue.ts";
import { NoWorkerError } from "../../server/jobs/queue.ts";
import type { JobEvent } from "../../server/wire.ts";
import { until } from "../server/gallery.ts";
import { openRedisQueue, openStore, openTestWorker, testWorkerMember } from "./queues.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { request } from "./request.ts";
import { serveGallery, startWorker } from "./served_gallery.ts";

console.error = () => {};

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore: !hasRedis, fn });

test("a worker that is killed: its job is given to another, and what is told and kept is of one attempt", async () => {
  await using redis = await startRedis();
  await using served = await serveGallery(redis.address);
  const { queue, store } = served.gallery;
  await using first = await startWorker(redis.address, served.address);
  await until(async () => (await queue.counts()).workers === 1, "the worker is known");
  const { id, key } = await queue.start(request({ steps: 30, wait: 50 }));
  const told = eventsOf(queue, id);
  await until(async () => (await queue.status(id))!.state === "running", "it runs");
  await new Promise((resolve) => setTimeout(resolve, 500));
  await first.kill();
  await using _second = await startWorker(redis.address, served.address);
  const events = await told;
  assertEquals(events.at(-1)!.type, "done");
  assertEquals(events.filter(({ type }) => type === "started").length, 2, "who watches sees it begin again");
  const kept = (await store.events(key))!;
  assertEquals(kept.filter(({ type }) => type === "points").length, 30);
  assertEquals(kept.filter(({ type }) => type === "started").length, 1);
  assertEquals((await store.get(key))!.figures.length, 1);
});

test("a job that takes three workers with it is not given to a fourth", async () => {
  await using redis = await startRedis();
  await using served = await serveGallery(redis.address);
  const { queue } = served.gallery;
  const wish = request({ steps: 1000, wait: 50 });
  let id: string | undefined;
  for (let attempt = 1; attempt <= 3; attempt++) {
    await using worker = await startWorker(redis.address, served.address);
    await until(async () => (await queue.counts()).workers > 0, "the worker is known");
    id ??= (await queue.start(wish)).id;
    // Events begin anew with each attempt.
    const begun = await startsOf(queue, id, attempt);
    assert(begun, `attempt ${attempt}`);
    await worker.kill();
  }
  await using _fourth = await startWorker(redis.address, served.address);
  const last = (await eventsOf(queue, id!)).at(-1)!;
  assert(last.type === "failed");
  assert(last.message.includes("3 workers were lost"), last.message);
  const { id: next } = await queue.start(request({ seed: 2 }));
  assertEquals((await eventsOf(queue, next)).at(-1)!.type, "done", "the fourth goes on");
});

test("Redis killed and started again: a job that runs and one that waits come to their end", async () => {
  await using redis = await startRedis();
  await using opened = await openStore();
  await using queue = await openRedisQueue(redis);
  await using _worker = await openTestWorker(redis, opened.store);
  await until(async () => (await queue.counts()).workers === 1, "the worker is known");
  const running = await queue.start(request({ seed: 1, steps: 60, wait: 50 }));
  await until(async () => (await queue.status(running.id))!.state === "running", "it runs");
  const waiting = await queue.start(request({ seed: 2 }));
  const told = [eventsOf(queue, running.id), eventsOf(queue, waiting.id)];
  await redis.restart();
  const ends = (await Promise.all(told)).map((events) => events.at(-1)!.type);
  assertEquals(ends, ["done", "done"]);
  assertEquals((await opened.store.size()).results, 2);
});

test("a gallery that was killed: another one goes on with its jobs, from the last event that a reader knows", async () => {
  await using redis = await startRedis();
  await using opened = await openStore();
  await using _worker = await openTestWorker(redis, opened.store);
  const first = await openRedisQueue(redis);
  await using second = await openRedisQueue(redis);
  await until(async () => (await first.counts()).workers === 1, "the worker is known");
  const wish = request({ steps: 20, wait: 30 });
  const { id } = await first.start(wish);
  let known = 0;
  for await (const entry of (await first.watch(id, 0, new AbortController().signal))!) {
    known = entry.id;
    if (entry.type === "preview") break;
  }
  await first[Symbol.asyncDispose]();
  assertEquals((await second.start(wish)).id, id, "asking there finds the same job");
  const rest = await Array.fromAsync((await second.watch(id, known, new AbortController().signal))!);
  assert(rest.every((entry) => entry.id > known));
  assertEquals(rest.at(-1)!.type, "done");
});

test("while Redis is away, the gallery says that it is not well; when it is back, it is", async () => {
  await using redis = await startRedis();
  await using served = await serveGallery(redis.address);
  await using _worker = await startWorker(redis.address, served.address);
  const health = async () => {
    const response = await fetch(`${served.address}/health`);
    return [response.status, (await response.json()).workers];
  };
  await until(async () => (await health())[0] === 200, "it is well");
  await redis.kill();
  assertEquals(await health(), [503, 0]);
  await redis.start();
  await until(async () => (await health())[0] === 200, "it is well again");
});

test("a worker that stops hands back what it runs, which does not count as lost", async () => {
  await using redis = await startRedis();
  await using served = await serveGallery(redis.address);
  const { queue } = served.gallery;
  const wish = request({ steps: 60, wait: 50 });
  let id: string | undefined;
  for (let i = 1; i <= 4; i++) {
    await using worker = await startWorker(redis.address, served.address);
    await until(async () => (await queue.counts()).workers > 0, "the worker is known");
    id ??= (await queue.start(wish)).id;
    await until(async () => (await queue.status(id!))!.state === "running", "it runs");
    if (i < 4) await worker.stop();
    else {
      assertEquals((await eventsOf(queue, id)).at(-1)!.type, "done");
      const points = (await served.gallery.store.events(wish.key))!.filter(({ type }) => type === "points");
      assertEquals(points.length, 60, "what is kept is of one attempt");
    }
  }
});

test("a gallery and workers, idle and at work, that are stopped while Redis is away come to their end", async () => {
  const redis = await startRedis();
  await using opened = await openStore();
  const queue = await openRedisQueue(redis);
  const [busy, idle] = [
    await openTestWorker(redis, opened.store),
    await openTestWorker(redis, opened.store),
  ];
  await until(async () => (await queue.counts()).workers === 2, "the workers are known");
  await queue.start(request({ steps: 1000, wait: 50 }));
  await until(() => busy.running.length + idle.running.length === 1, "it runs");
  await redis.kill();
  busy.handBack();
  idle.handBack();
  const ends = Promise.all([busy, idle, queue].map((part) => part[Symbol.asyncDispose]()));
  let ended = false;
  ends.then(() => ended = true);
  await until(() => ended, "all have ended");
  await redis[Symbol.asyncDispose]();
});

test("a job for a model that nobody has is refused at once; one whose workers have gone fails", async () => {
  await using redis = await startRedis();
  await using opened = await openStore();
  await using queue = await openRedisQueue(redis);
  const none = await assertRejects(() => queue.start(request()), NoWorkerError);
  assertEquals(none.message, "No worker is there that could compute this.");
  const worker = await openTestWorker(redis, opened.store, { member: testWorkerMember({ aaaa: "small" }) });
  await until(async () => (await queue.counts()).workers === 1, "the worker is known");
  const { id: known } = await queue.start(request({}, { "any name": "aaaa" }));
  assertEquals((await eventsOf(queue, known)).at(-1)!.type, "done");
  const missing = await assertRejects(() => queue.start(request({}, { large: "bbbb" })), NoWorkerError);
  assertEquals(missing.message, "No worker has the model large (bbbb).");
  const { id } = await queue.start(request({ seed: 1, steps: 1000, wait: 50 }));
  await until(async () => (await queue.status(id))!.state === "running", "it runs");
  worker.handBack();
  await worker[Symbol.asyncDispose]();
  const last = (await eventsOf(queue, id)).at(-1)!;
  assertEquals(last, { type: "failed", message: "The workers that could compute this have gone." });
});

/** All events of a job, to its end. */
async function eventsOf(queue: JobQueue, id: string): Promise<JobEvent[]> {
  const entries = await Array.fromAsync((await queue.watch(id, 0, new AbortController().signal))!);
  return entries.map(({ json }) => JSON.parse(json));
}

/** Waits until a job was begun so many times; each begins under a name of its own. */
async function startsOf(queue: JobQueue, id: string, attempt: number): Promise<boolean> {
  const { key } = (await queue.status(id))!;
  await until(async () => await queue.stageOf(key) === `${id}.${attempt}`, `attempt ${attempt} begins`);
  return true;
}
