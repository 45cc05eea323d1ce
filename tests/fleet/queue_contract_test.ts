/** What holds for every queue, whether its workers are on this machine or on others. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type JobQueue, QueueFullError } from "../../server/jobs/queue.ts";
import { Metrics } from "../../server/metrics.ts";
import type { JobEvent, JobStatus } from "../../server/wire.ts";
import { until } from "../server/gallery.ts";
import { queueKinds } from "./queues.ts";
import { request } from "./request.ts";

console.error = () => {};

for (const { name, ignore, open } of queueKinds) {
  const test = (what: string, fn: () => Promise<void>) =>
    Deno.test({ name: `${name} queue: ${what}`, ignore, fn });

  test("a job is run once, told from start to end, and its result is kept with its files and events", async () => {
    await using opened = await open();
    const { queue, store } = opened;
    const wish = request({ seed: 1 });
    const { id, key, section, cached } = await queue.start(wish);
    assertEquals([key, section, cached], [wish.key, "squares", false]);
    const events = await eventsOf(queue, id);
    const types = events.map(({ event }) => event.type);
    assertEquals(types.filter((type) => type !== "queued")[0], "started");
    assertEquals(types.slice(-2), ["figure", "done"]);
    assert(["preview", "progress", "points"].every((type) => types.includes(type as JobEvent["type"])));
    const ids = events.map(({ id }) => id);
    assertEquals(ids, [...new Set(ids)].toSorted((a, b) => a - b));
    const result = (await store.get(key))!;
    assertEquals([result.section, result.parameters, result.figures.length], ["squares", wish.parameters, 1]);
    assert(result.figures[0].caption.includes("<math"));
    const file = (await store.file(key, result.figures[0].file))!;
    assertEquals([...file.subarray(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
    const kept = (await store.events(key))!;
    assertEquals(kept.at(-1)!.type, "done");
    assertEquals(kept.filter(({ type }) => type === "points").length, 4);
    assertEquals(await queue.stageOf(key), undefined);
    assertEquals((await queue.counts()).ended, { done: 1, failed: 0, cancelled: 0 });
    assertEquals((await queue.status(id))!.state, "done");
  });

  test("the same request is the same job while it waits or runs, however many ask at once", async () => {
    await using opened = await open();
    const { queue } = opened;
    const wish = request({ seed: 2, steps: 10, wait: 30 });
    const started = await Promise.all(Array.from({ length: 20 }, () => queue.start(wish)));
    assertEquals(new Set(started.map(({ id }) => id)).size, 1);
    await eventsOf(queue, started[0].id);
    assertEquals((await queue.counts()).ended.done, 1);
    assert((await queue.start(wish)).id !== started[0].id, "one that is over is not started by asking again");
  });

  test("a result that is there when its job begins is told of, and not made a second time", async () => {
    await using opened = await open();
    const { queue, store } = opened;
    const wish = request({ seed: 6, steps: 3 });
    const made = await eventsOf(queue, (await queue.start(wish)).id);
    const { created } = (await store.get(wish.key))!;
    // As after a worker's death between keeping a result and saying so: the queue knows nothing of it.
    const again = await eventsOf(queue, (await queue.start(wish)).id);
    const told = (events: Told[]) =>
      events.map(({ event }) => event).filter(({ type }) => type === "points" || type === "figure");
    assertEquals(told(again), told(made));
    assertEquals(again.at(-1)!.event, made.at(-1)!.event, "the time is that of the run");
    assertEquals((await store.get(wish.key))!.created, created);
    const { ended, fleet } = await queue.counts();
    assertEquals(ended, { done: 2, failed: 0, cancelled: 0 });
    if (fleet) assertEquals(fleet.runs.map(({ how, count }) => [how, count]), [["done", 1]]);
  });

  test("who comes back with the number of the last event hears the rest, nothing twice", async () => {
    await using opened = await open();
    const { queue } = opened;
    const { id } = await queue.start(request({ steps: 10, wait: 30 }));
    const first: Told[] = [];
    const abort = new AbortController();
    for await (const entry of (await queue.watch(id, 0, abort.signal))!) {
      first.push({ id: entry.id, event: JSON.parse(entry.json) });
      if (entry.type === "preview") abort.abort();
    }
    const rest = await eventsOf(queue, id, first.at(-1)!.id);
    const all = await eventsOf(queue, id);
    const points = (events: Told[]) =>
      events.filter(({ event }) => event.type === "points").map(({ id }) => id);
    assertEquals(points([...first, ...rest]), points(all));
    assertEquals(points(all).length, 10);
    assertEquals(await eventsOf(queue, id, all.at(-1)!.id), []);
    assertEquals(await queue.watch(crypto.randomUUID(), 0, new AbortController().signal), undefined);
    assertEquals(await queue.status(crypto.randomUUID()), undefined);
  });

  test("jobs run in turn and say where they are; too many are refused with a time", async () => {
    await using opened = await open({ limit: 2 });
    const { queue } = opened;
    const first = await queue.start(request({ seed: 1, steps: 20, wait: 60 }));
    await until(async () => (await queue.status(first.id))!.state === "running", "the first runs");
    const second = await queue.start(request({ seed: 2 }));
    const third = await queue.start(request({ seed: 3 }));
    assertEquals([second.position, third.position], [1, 2]);
    assertEquals([second.state, third.state], ["queued", "queued"]);
    assert(third.wait > second.wait);
    const error = await assertRejects(() => queue.start(request({ seed: 4 })), QueueFullError);
    assert(error.retryAfter >= 1);
    const { waiting, running } = await queue.counts();
    assertEquals([waiting, running], [2, 1]);
    const events = await eventsOf(queue, third.id);
    const places = events.flatMap(({ event }) => event.type === "queued" ? [event.position] : []);
    assert(places.length >= 1 && places.every((place) => place === 1 || place === 2), String(places));
    assertEquals(events.at(-1)!.event.type, "done");
    assertEquals((await queue.status(second.id))!.state, "done", "what came before ran before");
  });

  test("a job is cancelled while it waits, while it runs, and while it hears nothing", async () => {
    await using opened = await open();
    const { queue, store } = opened;
    const running = await queue.start(request({ seed: 1, steps: 1000, wait: 10 }));
    await until(async () => (await queue.status(running.id))!.state === "running", "it runs");
    const waiting = await queue.start(request({ seed: 2 }));
    assertEquals(await queue.cancel(waiting.id), true);
    assertEquals((await eventsOf(queue, waiting.id)).at(-1)!.event.type, "cancelled");
    assertEquals(await queue.cancel(running.id), true);
    assertEquals((await eventsOf(queue, running.id)).at(-1)!.event.type, "cancelled");
    assertEquals(await queue.cancel(running.id), false, "it is over");
    assertEquals((await queue.counts()).replaced, 0, "a process that listens is kept");
    const blocked = await queue.start(request({ seed: 3, steps: 2, block: 30_000 }));
    // What it tells of its first step comes right before the second, at which it hears nothing.
    await untilProgress(queue, blocked.id);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await queue.cancel(blocked.id);
    assertEquals((await eventsOf(queue, blocked.id)).at(-1)!.event.type, "cancelled");
    const next = await queue.start(request({ seed: 4 }));
    assertEquals((await eventsOf(queue, next.id)).at(-1)!.event.type, "done");
    assertEquals((await queue.counts()).replaced, 1);
    assertEquals((await store.size()).results, 1);
  });

  test("what nobody watches, and what takes too long, is ended", async () => {
    {
      await using opened = await open({ unwatched: 400 });
      const { queue } = opened;
      const { id } = await queue.start(request({ steps: 1000, wait: 20 }));
      await until(async () => (await queue.counts()).ended.cancelled === 1, "it is cancelled");
      assertEquals((await queue.status(id))!.state, "cancelled");
      const watched = await queue.start(request({ seed: 5, steps: 40, wait: 30 }));
      assertEquals((await eventsOf(queue, watched.id)).at(-1)!.event.type, "done");
    }
    await using opened = await open({ jobTime: 500 });
    const { queue } = opened;
    const { id } = await queue.start(request({ steps: 1000, wait: 20 }));
    assertEquals((await eventsOf(queue, id)).at(-1)!.event.type, "cancelled");
  });

  test("what goes wrong is told: a wrong argument by its fields, a bug by nothing of the inside, a lost process", async () => {
    await using opened = await open();
    const { queue, store } = opened;
    const failed = async (end: string): Promise<JobStatus> => {
      const { id } = await queue.start(request({ end }));
      const { event } = (await eventsOf(queue, id)).at(-1)!;
      assertEquals(event.type, "failed");
      const status = (await queue.status(id))!;
      assertEquals({ type: "failed", ...status.error! }, event);
      return status;
    };
    const fault = { argument: "steps", found: "4", expected: "fewer" };
    const message = "squares: steps: 4 where fewer are expected";
    assertEquals((await failed("wrong")).error, { message, ...fault });
    assertEquals(/secret|etc/.test((await failed("error")).error!.message), false);
    assert((await failed("exit")).error!.message.includes("status 7"));
    const { id } = await queue.start(request({ seed: 9 }));
    assertEquals(
      (await eventsOf(queue, id)).at(-1)!.event.type,
      "done",
      "the next one finds another process",
    );
    assertEquals((await store.size()).results, 1);
    const { ended, fleet } = await queue.counts();
    assertEquals(ended, { done: 1, failed: 3, cancelled: 0 });
    if (!fleet) return;
    assertEquals(fleet.runs.map(({ section, how, count }) => [section, how, count]).toSorted(), [
      ["squares", "done", 1],
      ["squares", "failed", 3],
    ]);
    assertEquals([fleet.waits.jobs, fleet.queues.length, fleet.workers.length], [4, 1, 1]);
    const text = new Metrics().text(await queue.counts(), await store.size());
    assertMatch(text, /gallery_fleet_runs_total{section="squares",models="",host="[^"]*",how="failed"} 3/);
  });
}

interface Told {
  readonly id: number;
  readonly event: JobEvent;
}

/** All events of a job after a number, to its end. */
async function eventsOf(queue: JobQueue, id: string, after = 0): Promise<Told[]> {
  const entries = await Array.fromAsync((await queue.watch(id, after, new AbortController().signal))!);
  return entries.map(({ id, json }) => ({ id, event: JSON.parse(json) }));
}

/** Waits for the first word of how far a job is. */
async function untilProgress(queue: JobQueue, id: string): Promise<void> {
  const abort = new AbortController();
  for await (const { json } of (await queue.watch(id, 0, abort.signal))!) {
    if ((JSON.parse(json) as JobEvent).type === "progress") return abort.abort();
  }
}
