import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { encodePng, full } from "../../lib/mod.ts";
import { isDiskFull } from "../../server/store/disk_full.ts";
import { ResultStore } from "../../server/store/result_store.ts";
import { openTestGallery } from "./gallery.ts";

console.error = () => {};

/** Runs something with a folder of data in which some results are kept; gives it their keys. */
async function withResults(run: (data: string, keys: string[]) => Promise<void>, count = 3): Promise<void> {
  const data = await Deno.makeTempDir();
  try {
    const keys: string[] = [];
    {
      await using test = await openTestGallery({}, data);
      for (let seed = 0; seed < count; seed++) {
        const job = await test.start({ seed, steps: 1 });
        assertEquals((await test.events(job.id)).at(-1)!.event.type, "done");
        keys.push(job.key);
      }
    }
    await run(data, keys);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

const foldersIn = async (data: string) =>
  (await Array.fromAsync(Deno.readDir(join(data, "results")))).map(({ name }) => name).sort();

/** What a full disk answers to whoever opens a file to write. */
function fullDisk(): Disposable {
  const { open } = Deno;
  Deno.open = (path, options) =>
    options?.write
      ? Promise.reject(Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" }))
      : open(path, options);
  return { [Symbol.dispose]: () => void (Deno.open = open) };
}

Deno.test("a database that cannot be opened is no damaged one: the start is refused, and nothing is touched", async () => {
  for (const suffix of ["-wal", "-shm", ""]) {
    await withResults(async (data, keys) => {
      const path = join(data, "results.sqlite");
      // SQLite cannot open a folder: the same kind of error as that of a full disk.
      if (suffix === "") await Deno.rename(path, `${path}.here`);
      await Deno.remove(path + suffix, { recursive: true }).catch(() => {});
      await Deno.mkdir(path + suffix);
      for (let i = 0; i < 2; i++) {
        const error = await assertRejects(() => openTestGallery({}, data), Error);
        assertMatch(error.message, /^GALLERY_DATA: ".*" cannot be used, and nothing in it was changed: .+/);
      }
      assertEquals(await foldersIn(data), keys.toSorted());
      await Deno.remove(path + suffix);
      if (suffix === "") await Deno.rename(`${path}.here`, path);
      await using test = await openTestGallery({}, data);
      for (const key of keys) assert(await test.gallery.store.get(key), `${suffix}: ${key} is there again`);
    });
  }
});

Deno.test("a database of another kind is refused and not put aside", async () => {
  const data = await Deno.makeTempDir();
  try {
    const other = new DatabaseSync(join(data, "results.sqlite"));
    other.exec("CREATE TABLE results (key TEXT)");
    other.close();
    await assertRejects(() => openTestGallery({}, data), Error, "nothing in it was changed");
    assertEquals(await Deno.stat(join(data, "results.sqlite.damaged")).catch(() => null), null);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test("results come back by their records: without the database, and when it is damaged", async () => {
  await withResults(async (data, keys) => {
    let before;
    {
      await using test = await openTestGallery({}, data);
      before = await Promise.all(keys.map((key) => test.gallery.store.get(key)));
    }
    for (const suffix of ["", "-wal", "-shm"]) {
      await Deno.remove(join(data, `results.sqlite${suffix}`)).catch(() => {});
    }
    {
      await using test = await openTestGallery({}, data);
      assertEquals(await Promise.all(keys.map((key) => test.gallery.store.get(key))), before);
      assertEquals((await test.start({ seed: 1, steps: 1 })).cached, true);
    }
    for (let i = 0; i < 2; i++) {
      await Deno.writeTextFile(join(data, "results.sqlite"), "no database at all ".repeat(500));
      await using test = await openTestGallery({}, data);
      assertEquals(await Promise.all(keys.map((key) => test.gallery.store.get(key))), before);
    }
    const aside = (await Array.fromAsync(Deno.readDir(data))).filter(({ name }) => name.includes("damaged"));
    assertEquals(aside.map(({ name }) => name).sort(), [
      "results.sqlite.damaged",
      "results.sqlite.damaged-2",
    ]);
  });
});

Deno.test("a folder whose record is not whole, or speaks of what is not there, is not taken in", async () => {
  await withResults(async (data, [cut, missing, other]) => {
    const place = (key: string, file: string) => join(data, "results", key, file);
    const record = await Deno.readTextFile(place(cut, "record.json"));
    await Deno.writeTextFile(place(cut, "record.json"), record.slice(0, -20));
    await Deno.remove(place(missing, "square.png"));
    await Deno.writeTextFile(place(other, "record.json"), record);
    for (const suffix of ["", "-wal", "-shm"]) {
      await Deno.remove(join(data, `results.sqlite${suffix}`)).catch(() => {});
    }
    await using test = await openTestGallery({}, data);
    assertEquals((await test.gallery.store.size()).results, 0);
    assertEquals((await foldersIn(data)).length, 3, "what may be a result is left where it is");
    const again = await test.start({ seed: 0, steps: 1 });
    assertEquals((await test.events(again.id)).at(-1)!.event.type, "done");
    assertEquals((await test.gallery.store.size()).results, 1);
  });
});

Deno.test("results that were kept before there were records get theirs", async () => {
  await withResults(async (data, keys) => {
    for (const key of keys) await Deno.remove(join(data, "results", key, "record.json"));
    await (await openTestGallery({}, data))[Symbol.asyncDispose]();
    await Deno.remove(join(data, "results.sqlite"));
    await using test = await openTestGallery({}, data);
    assertEquals((await test.gallery.store.size()).results, keys.length);
  });
});

Deno.test("reading writes nothing: where the database lets nobody write, what is kept is answered at once", async () => {
  await withResults(async (data, [key]) => {
    await using test = await openTestGallery({}, data);
    const other = new DatabaseSync(join(data, "results.sqlite"));
    other.exec("BEGIN IMMEDIATE");
    const start = performance.now();
    assertEquals((await test.start({ seed: 0, steps: 1 })).cached, true);
    for (const path of ["", "/events", "/files/square.png"]) {
      const response = await test.ask(`/api/results/${key}${path}`);
      assertEquals(response.status, 200);
      await response.body?.cancel();
    }
    assert(performance.now() - start < 3000, "nobody waits for the other to end");
    other.exec("ROLLBACK");
    other.close();
  });
});

Deno.test("0 bytes free: what is kept is read, uploads are answered with 507, nothing is left half written", async () => {
  await withResults(async (data, [key]) => {
    await using test = await openTestGallery({}, data);
    const png = (value: number) => Uint8Array.from(encodePng(full([1, 4, 4], value), { range: [0, 1] }));
    const send = (value: number) =>
      test.ask("/api/uploads", {
        method: "POST",
        headers: { "content-type": "image/png" },
        body: png(value),
      });
    assertEquals((await send(0)).status, 201);
    {
      using _full = fullDisk();
      assertEquals((await test.start({ seed: 0, steps: 1 })).cached, true);
      assertEquals((await test.ask(`/api/results/${key}`)).status, 200);
      const refused = await send(1);
      const { status, detail } = await refused.json();
      assertEquals([refused.status, status], [507, 507]);
      assertStringIncludes(detail, "The disk is full");
      assertEquals((await send(0)).status, 201, "what is there already needs no room");
      const job = await test.start({ seed: 9, steps: 1 });
      const last = (await test.events(job.id)).at(-1)!.event;
      assert(last.type === "failed");
      assertStringIncludes(last.message, "The disk is full");
    }
    assertEquals(await Array.fromAsync(Deno.readDir(join(data, "staging"))), []);
    assertEquals((await Array.fromAsync(Deno.readDir(join(data, "uploads")))).length, 1);
    const job = await test.start({ seed: 9, steps: 1 });
    assertEquals((await test.events(job.id)).at(-1)!.event.type, "done");
  });
});

Deno.test("a result that the database has no room for is not there, and does not come back", async () => {
  const data = await Deno.makeTempDir();
  try {
    using store = await ResultStore.open(data, 1e6);
    const other = new DatabaseSync(join(data, "results.sqlite"));
    other.exec(
      "CREATE TRIGGER full BEFORE INSERT ON results BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END",
    );
    await store.stage("job");
    const error = await assertRejects(() =>
      store.keep("job", { section: "squares", parameters: {}, key: "a", models: {} }, [], 1, [])
    );
    assert(isDiskFull(error));
    assertEquals([await store.get("a"), await foldersIn(data)], [undefined, []]);
    other.close();
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test("a full disk is known by the system's code, by SQLite's, and by its cause", () => {
  const codes = [{ code: "ENOSPC" }, { code: "EDQUOT" }, { errcode: 13 }, { errcode: 4874 }, {
    errcode: 778,
  }];
  for (const code of codes) assert(isDiskFull(Object.assign(new Error("x"), code)), JSON.stringify(code));
  assert(isDiskFull(new Error("x", { cause: new Error("No space left on device (os error 28)") })));
  for (const code of [{ code: "ENOENT" }, { errcode: 10 }, { errcode: 11 }, {}]) {
    assertEquals(isDiskFull(Object.assign(new Error("x"), code)), false);
  }
});

Deno.test("two servers on one folder of data: the second is refused, and what the first makes goes on", async () => {
  const data = await Deno.makeTempDir();
  try {
    {
      await using test = await openTestGallery({}, data);
      const job = await test.start({ seed: 1, steps: 20, wait: 30 });
      const error = await assertRejects(() => openTestGallery({}, data), Error);
      assertStringIncludes(error.message, "another server");
      assertEquals((await test.events(job.id)).at(-1)!.event.type, "done");
    }
    await using test = await openTestGallery({}, data);
    assertEquals((await test.start({ seed: 1, steps: 20, wait: 30 })).cached, true);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});
