import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { LocalQueue } from "../../server/jobs/local_queue.ts";
import { ResultStore } from "../../server/store/result_store.ts";
import { openTestGallery, until } from "./gallery.ts";

console.error = () => {};

Deno.test("a worker that ends in a job is reported and replaced; those that wait go on", async () => {
  await using test = await openTestGallery();
  const dying = await test.start({ seed: 1, end: "exit" });
  const waiting = await test.start({ seed: 2 });
  const last = (await test.events(dying.id)).at(-1)!.event;
  assert(last.type === "failed");
  assertStringIncludes(last.message, "status 7");
  assertEquals((await test.events(waiting.id)).at(-1)!.event.type, "done");
  assertEquals((await test.gallery.queue.counts()).replaced, 1);
  assertEquals(await Array.fromAsync(Deno.readDir(join(test.data, "staging"))), []);
});

Deno.test("a worker that runs out of memory is reported and replaced", async () => {
  await using test = await openTestGallery();
  const last = (await test.events((await test.start({ end: "memory" })).id)).at(-1)!.event;
  assert(last.type === "failed");
  assertStringIncludes(last.message, "out of memory");
  assertEquals((await test.events((await test.start({ seed: 2 })).id)).at(-1)!.event.type, "done");
});

Deno.test("a worker killed with SIGKILL in a job is reported and replaced", async () => {
  await using test = await openTestGallery();
  const job = await test.start({ steps: 1000, wait: 20 });
  await until(
    async () => (await test.ask(`/api/jobs/${job.id}`)).json().then(({ state }) => state === "running"),
    "it runs",
  );
  const [pid] = (test.gallery.queue as LocalQueue).workerPids;
  // Another process does it: to kill by number needs the permission to run everything.
  await new Deno.Command(Deno.execPath(), { args: ["eval", `Deno.kill(${pid}, "SIGKILL")`] }).output();
  const last = (await test.events(job.id)).at(-1)!.event;
  assert(last.type === "failed");
  assertStringIncludes(last.message, "SIGKILL");
  assertEquals((await test.events((await test.start({ seed: 2 })).id)).at(-1)!.event.type, "done");
});

Deno.test("a restart finds finished results, and removes what was half done", async () => {
  const data = await Deno.makeTempDir();
  try {
    let key: string;
    {
      await using test = await openTestGallery({}, data);
      const job = await test.start({ seed: 1 });
      key = job.key;
      await test.events(job.id);
    }
    // What a kill leaves: a staged folder, a moved one without a row, a row without a folder.
    await Deno.mkdir(join(data, "staging", "half"), { recursive: true });
    await Deno.writeTextFile(join(data, "staging", "half", "square.png"), "half");
    await Deno.mkdir(join(data, "results", "f".repeat(32)));
    {
      await using test = await openTestGallery({}, data);
      assertEquals((await test.start({ seed: 1 })).cached, true);
      assertEquals((await Array.fromAsync(Deno.readDir(join(data, "results")))).map(({ name }) => name), [
        key,
      ]);
      assertEquals(await Array.fromAsync(Deno.readDir(join(data, "staging"))), []);
      await Deno.remove(join(data, "results", key), { recursive: true });
    }
    await using test = await openTestGallery({}, data);
    assertEquals(await test.gallery.store.get(key), undefined);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test("a damaged database is put aside", async () => {
  const data = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      join(data, "results.sqlite"),
      "this is no database, and long enough to be one".repeat(100),
    );
    await using test = await openTestGallery({}, data);
    assertEquals((await test.events((await test.start()).id)).at(-1)!.event.type, "done");
    assertEquals((await Deno.stat(join(data, "results.sqlite.damaged"))).isFile, true);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test({
  name: "a full disk: the job fails and says so, the server goes on",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--allow-all", "tests/server/full_disk_program.ts"],
      cwd: new URL("../../", import.meta.url),
      stderr: "null",
    }).output();
    const [first, second, results] = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(first, { type: "failed", message: "The disk is full: the result could not be kept." });
    assertEquals([second, results], ["done", 1]);
  },
});

Deno.test("the least recently used results give way", async () => {
  const data = await Deno.makeTempDir();
  try {
    using store = await ResultStore.open(data, 1000);
    const keep = async (key: string, bytes: number) => {
      await store.stage(key);
      await store.put(key, "square.png", new Uint8Array(bytes));
      await store.keep(key, { section: "squares", parameters: {}, key, models: {} }, [], 1, []);
      // The clock counts in milliseconds.
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    for (const key of ["a", "b", "c"]) await keep(key, 300);
    assert(await store.get("a"), "used once more");
    await keep("d", 300);
    assertEquals((await Promise.all(["a", "b", "c", "d"].map((key) => store.get(key)))).map(Boolean), [
      true,
      false,
      true,
      true,
    ]);
    await keep("e", 5000);
    assertEquals((await store.size()).results, 1, "the newest stays, however large");
    const folders = (await Array.fromAsync(Deno.readDir(join(data, "results")))).map(({ name }) => name);
    assertEquals(folders, ["e"]);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});
