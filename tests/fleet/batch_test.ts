/** Jobs that share a process of a worker: they run side by side, and none pays for what another does. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { JobQueue } from "../../server/jobs/queue.ts";
import type { JobEvent } from "../../server/wire.ts";
import { companyOf } from "../../server/fleet/places.ts";
import { until } from "../server/gallery.ts";
import { openRedisQueue, openStore, openTestWorker, testWorkerMember } from "./queues.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { request } from "./request.ts";

console.error = () => {};

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore: !hasRedis, fn });

const models = { "the model": "aaaa" };

/** A queue with one worker of one process that three jobs share. */
async function openShared() {
  await using opened = new AsyncDisposableStack();
  const redis = opened.use(await startRedis({ appendfsync: "everysec" }));
  const { store } = opened.use(await openStore());
  const queue = opened.use(await openRedisQueue(redis));
  const member = testWorkerMember({ aaaa: "m", bbbb: "n" }, 3);
  opened.use(await openTestWorker(redis, store, { member, batch: 3 }));
  await until(async () => (await queue.counts()).workers === 3, "the worker is known");
  const closing = opened.move();
  return { queue, store, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

Deno.test("jobs go together by their models, but for those of another size", () => {
  const of = (parameters: Record<string, unknown>, models: Record<string, string>) =>
    companyOf({ ...request(), parameters: parameters as never, models });
  assertEquals(of({}, { a: "1", b: "2" }), of({ seed: 3 }, { c: "2", d: "1" }));
  assert(of({}, { a: "1" }) !== of({}, { a: "2" }));
  assertEquals(of({}, {}), undefined);
  assertEquals(of({ options: '{"width":128}' }, { a: "1" }), undefined);
  assertEquals(of({ options: '{"steps":3}', loras: [] }, { a: "1" }), "1");
  assertEquals(of({ options: '{"steps":3}', loras: ["weights-1"] }, { a: "1" }), undefined);
});

test("three jobs of a model run at the same time in one process; one of another model waits for it", async () => {
  await using opened = await openShared();
  const { queue, store } = opened;
  const wishes = [1, 2, 3].map((seed) => request({ seed, steps: 30, wait: 30, size: 8 + seed }, models));
  const jobs = await Promise.all(wishes.map((wish) => queue.start(wish)));
  await until(async () => (await queue.counts()).running === 3, "all run");
  const other = await queue.start(request({ seed: 4 }, { other: "bbbb" }));
  await queue.cancel(jobs[1].id);
  const ends = await Promise.all(
    [...jobs, other].map(async ({ id }) => (await eventsOf(queue, id)).at(-1)!.type),
  );
  assertEquals(ends, ["done", "cancelled", "done", "done"]);
  for (const [i, { key }] of wishes.entries()) {
    const result = await store.get(key);
    if (i === 1) assertEquals(result, undefined);
    else assertEquals(result!.figures[0].width, 8 + i + 1, "each has its own picture");
  }
  assertEquals((await queue.counts()).replaced, 0);
});

test("a job whose process ends by another's fault is run again, alone; the one at fault fails, and only once", async () => {
  await using opened = await openShared();
  const { queue } = opened;
  const mates = await Promise.all(
    [1, 2].map((seed) => queue.start(request({ seed, steps: 60, wait: 30 }, models))),
  );
  await until(async () => (await queue.counts()).running === 2, "they run");
  const { id } = await queue.start(request({ seed: 3, end: "exit" }, models));
  const told = await Promise.all([...mates.map(({ id }) => id), id].map((id) => eventsOf(queue, id)));
  assertEquals(told.map((events) => events.at(-1)!.type), ["done", "done", "failed"]);
  for (const events of told) {
    assertEquals(events.filter(({ type }) => type === "started").length, 1, "what is told is of one attempt");
  }
  const last = told[2].at(-1)!;
  assert(last.type === "failed");
  assertMatch(last.message, /status 7/);
  assertEquals((await queue.counts()).ended, { done: 2, failed: 1, cancelled: 0 });
  assertEquals((await queue.counts()).replaced, 2, "once beside others, once alone");
});

/** All that is known of a job when it is over. */
async function eventsOf(queue: JobQueue, id: string): Promise<JobEvent[]> {
  for await (const _ of (await queue.watch(id, 0, new AbortController().signal))!);
  const entries = await Array.fromAsync((await queue.watch(id, 0, new AbortController().signal))!);
  return entries.map(({ json }) => JSON.parse(json));
}
