import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeImage } from "../../lib/mod.ts";
import { openTestGallery, parseEvents, until } from "./gallery.ts";

// What is logged is meant for the server's keeper.
console.error = () => {};

Deno.test("a job: started, watched, kept, answered at once the second time", async () => {
  await using test = await openTestGallery();
  const job = await test.start({ seed: 1 });
  assertEquals([job.section, job.cached, job.state], ["squares", false, "running"]);
  const events = await test.events(job.id);
  const types = events.map(({ event }) => event.type);
  assertEquals(types[0], "started");
  assertEquals(types.slice(-2), ["figure", "done"]);
  assert(types.includes("preview") && types.includes("progress") && types.includes("points"));
  const ids = events.map(({ id }) => id);
  assertEquals(ids, ids.toSorted((a, b) => a - b));

  const result = await (await test.ask(`/api/results/${job.key}`)).json();
  assertEquals(result.parameters.seed, 1);
  const [figure] = result.figures;
  assertStringIncludes(figure.caption, "&lt;b&gt;bold");
  assertStringIncludes(figure.caption, "<math");
  const file = await test.ask(`/api/results/${job.key}/files/${figure.file}`);
  assertEquals(file.headers.get("content-type"), "image/png");
  const picture = await decodeImage(await file.bytes(), { channels: 1 });
  assertEquals(picture.shape, [1, 8, 8]);
  assertEquals(picture.data[0], 1);

  const again = await test.start({ seed: 1 });
  assertEquals([again.cached, again.state, again.key], [true, "done", job.key]);
  const replay = parseEvents(await (await test.ask(`/api/results/${job.key}/events`)).text());
  assertEquals(replay.at(-1)!.event.type, "done");
  assertEquals(replay.filter(({ event }) => event.type === "figure").length, 1);
  assertEquals((await test.gallery.queue.counts()).ended.done, 1);
});

Deno.test("events: who comes back hears the rest, no less and nothing twice", async () => {
  await using test = await openTestGallery();
  const job = await test.start({ steps: 10, wait: 30 });
  // A connection that breaks in the middle.
  const response = await test.ask(`/api/jobs/${job.id}/events`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  while (!heard.includes("event: preview")) {
    const { done, value } = await reader.read();
    assertEquals(done, false, heard);
    heard += value;
  }
  await reader.cancel();
  const first = parseEvents(heard.slice(0, heard.lastIndexOf("\n\n") + 2));
  const rest = await test.events(job.id, first.at(-1)!.id);
  assert(rest[0].id > first.at(-1)!.id);
  const all = await test.events(job.id);
  const points = (events: typeof all) =>
    events.filter(({ event }) => event.type === "points").map(({ id }) => id);
  assertEquals(points([...first, ...rest]), points(all));
  assertEquals(points(all).length, 10);
  // It is over: from the disk, from anywhere.
  assertEquals((await test.events(job.id, all.at(-2)!.id)).map(({ event }) => event.type), ["done"]);
  assertEquals(await test.events(job.id, all.at(-1)!.id), []);
});

Deno.test("the queue: in turn, with positions, the same request once, too much refused with a time", async () => {
  await using test = await openTestGallery({ GALLERY_WAITING: "2" });
  const first = await test.start({ seed: 1, steps: 6, wait: 60 });
  const second = await test.start({ seed: 2 });
  const third = await test.start({ seed: 3 });
  assertEquals([first.position, second.position, third.position], [0, 1, 2]);
  assertEquals((await test.start({ seed: 3 })).id, third.id, "the same request is the same job");
  const refused = await test.ask("/api/jobs", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ section: "squares", parameters: { seed: 4 } }),
  });
  assertEquals(refused.status, 429);
  assertMatch(refused.headers.get("retry-after")!, /^[1-9]\d*$/);
  await refused.body?.cancel();
  const events = await test.events(third.id);
  assertEquals(events[0].event.type, "queued");
  assertEquals(events.at(-1)!.event.type, "done");
  assertEquals((await test.gallery.queue.counts()).ended.done, 3);
});

Deno.test("cancelling: in the queue, in the middle, and when the event loop is blocked", async () => {
  await using test = await openTestGallery();
  const running = await test.start({ seed: 1, steps: 1000, wait: 10 });
  const waiting = await test.start({ seed: 2 });
  await test.ask(`/api/jobs/${waiting.id}`, { method: "DELETE" });
  assertEquals((await test.events(waiting.id)).at(-1)!.event.type, "cancelled");
  await test.ask(`/api/jobs/${running.id}`, { method: "DELETE" });
  assertEquals((await test.events(running.id)).at(-1)!.event.type, "cancelled");
  assertEquals((await test.gallery.queue.counts()).replaced, 0, "a worker that listens is kept");
  const blocked = await test.start({ seed: 3, steps: 2, block: 30_000 });
  await until(
    async () => await test.gallery.queue.stageOf(blocked.key) !== undefined,
    "it was handed to the worker",
  );
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await test.ask(`/api/jobs/${blocked.id}`, { method: "DELETE" });
  assertEquals((await test.events(blocked.id)).at(-1)!.event.type, "cancelled");
  const { event } = (await test.events((await test.start({ seed: 4 })).id)).at(-1)!;
  assertEquals(event.type, "done", JSON.stringify(event));
  assertEquals((await test.gallery.queue.counts()).replaced, 1);
});

Deno.test("a job that nobody watches is ended", async () => {
  await using test = await openTestGallery({ GALLERY_UNWATCHED_SECONDS: "0.3" });
  const job = await test.start({ steps: 1000, wait: 20 });
  await until(async () => (await test.gallery.queue.counts()).ended.cancelled === 1, "it is cancelled");
  // Asking counts as watching, so this comes last.
  assertEquals((await test.gallery.queue.status(job.id))?.state, "cancelled");
  const watched = await test.start({ seed: 5, steps: 30, wait: 30 });
  assertEquals((await test.events(watched.id)).at(-1)!.event.type, "done");
});

Deno.test("what goes wrong in a section is told, but nothing of the server's inside", async () => {
  await using test = await openTestGallery();
  const wrong = (await test.events((await test.start({ end: "wrong" })).id)).at(-1)!.event;
  assertEquals(wrong.type, "failed");
  assert(wrong.type === "failed");
  const { type: _, ...told } = wrong;
  const fault = { argument: "steps", found: "4", expected: "fewer" };
  assertEquals(told, { message: "squares: steps: 4 where fewer are expected", ...fault });
  const bug = (await test.events((await test.start({ end: "error" })).id)).at(-1)!.event;
  assert(bug.type === "failed");
  assertEquals(/secret|etc/.test(bug.message), false);
  assertEquals({ ...await test.gallery.store.size() }, { results: 0, bytes: 0 });
});

Deno.test("two workers run two jobs at a time", async () => {
  await using test = await openTestGallery({ GALLERY_WORKERS: "2" });
  const jobs = [
    await test.start({ seed: 1, wait: 100 }),
    await test.start({ seed: 2, wait: 100 }),
    await test.start({ seed: 3 }),
  ];
  assertEquals(jobs.map(({ state }) => state), ["running", "running", "queued"]);
  for (const { id } of jobs) assertEquals((await test.events(id)).at(-1)!.event.type, "done");
});
