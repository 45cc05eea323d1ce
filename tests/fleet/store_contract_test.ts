/** What holds for whatever takes results: a store on the disk, and a gallery that is reached over HTTP. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ArgumentError } from "../../lib/errors.ts";
import { HttpSink } from "../../server/fleet/http_sink.ts";
import { BucketObjects } from "../../server/store/bucket_objects.ts";
import { FolderObjects } from "../../server/store/folder_objects.ts";
import { ObjectStore } from "../../server/store/object_store.ts";
import type { ResultSink, Store } from "../../server/store/store.ts";
import type { WireFigure } from "../../server/wire.ts";
import { openStore } from "./queues.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { request } from "./request.ts";
import { startS3 } from "./s3.ts";
import { serveGallery, TOKEN } from "./served_gallery.ts";

console.error = () => {};

interface OpenedSink extends AsyncDisposable {
  readonly sink: ResultSink;
  readonly store: Store;
}

const kinds: readonly { name: string; ignore: boolean; open: () => Promise<OpenedSink> }[] = [
  {
    name: "disk",
    ignore: false,
    async open() {
      const opened = await openStore();
      return { ...opened, sink: opened.store, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
    },
  },
  {
    name: "folder",
    ignore: false,
    async open() {
      const folder = await Deno.makeTempDir({ prefix: "objects-" });
      // What one machine has put, another one sees.
      const [sink, store] = [1, 2].map(() => new ObjectStore(new FolderObjects(folder)));
      return { sink, store, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
    },
  },
  {
    name: "bucket",
    ignore: false,
    async open() {
      const s3 = await startS3();
      const open = async () => new ObjectStore(await BucketObjects.open(s3.address, s3.keys));
      const [sink, store] = [await open(), await open()];
      return { sink, store, [Symbol.asyncDispose]: () => s3[Symbol.asyncDispose]() };
    },
  },
  {
    name: "HTTP",
    ignore: !hasRedis,
    async open() {
      await using opened = new AsyncDisposableStack();
      const redis = opened.use(await startRedis());
      const served = opened.use(await serveGallery(redis.address));
      const closing = opened.move();
      return {
        sink: new HttpSink(served.address, TOKEN),
        store: served.gallery.store,
        [Symbol.asyncDispose]: () => closing.disposeAsync(),
      };
    },
  },
];

const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7);
const figure: WireFigure = {
  name: "square",
  file: "square.png",
  type: "image/png",
  width: 8,
  height: 8,
  caption: "A <b>square</b>, é",
  alt: "A square.",
  rows: [],
  columns: [],
  cells: [],
};

for (const { name, ignore, open } of kinds) {
  const test = (what: string, fn: () => Promise<void>) =>
    Deno.test({ name: `${name} store: ${what}`, ignore, fn });

  test("a result is there whole, and only when it was kept", async () => {
    await using opened = await open();
    const { sink, store } = opened;
    const wish = request({ seed: 1 }, { model: "abcd" });
    const job = `${crypto.randomUUID()}.1`;
    await sink.stage(job);
    assertEquals(await store.staged(job, figure.file), undefined);
    await sink.put(job, figure.file, bytes);
    assertEquals(await store.staged(job, figure.file), bytes);
    assertEquals([await store.get(wish.key), await store.file(wish.key, figure.file)], [
      undefined,
      undefined,
    ]);
    assertEquals(await sink.events(wish.key), undefined);
    const events = [{ id: 1, type: "started" as const, json: '{"type":"started"}' }];
    await sink.keep(job, wish, [figure], 1.5, events);
    const { created, ...result } = (await store.get(wish.key))!;
    assertEquals(result, { ...wish, figures: [figure], seconds: 1.5 });
    assert(Math.abs(Date.parse(created) - Date.now()) < 60_000);
    assertEquals(await store.file(wish.key, figure.file), bytes);
    assertEquals([await store.events(wish.key), await sink.events(wish.key)], [events, events]);
    assertEquals(await store.staged(job, figure.file), undefined);
    assertEquals((await store.recent("squares")).map(({ seconds }) => seconds), [1.5]);
    assertEquals((await store.size()).results, 1);
  });

  test("steps that are made again change nothing; what is discarded is gone", async () => {
    await using opened = await open();
    const { sink, store } = opened;
    const wish = request({ seed: 2 });
    const [job, other] = [1, 2].map((attempt) => `${crypto.randomUUID()}.${attempt}`);
    for (const name of [job, other]) {
      for (let i = 0; i < 2; i++) {
        await sink.stage(name);
        await sink.put(name, figure.file, bytes);
      }
    }
    await sink.keep(job, wish, [figure], 1, []);
    await sink.stage(other);
    await sink.put(other, figure.file, bytes);
    await sink.keep(other, wish, [figure], 2, []);
    assertEquals((await store.size()).results, 1);
    assertEquals(await store.file(wish.key, figure.file), bytes);
    const third = `${crypto.randomUUID()}.1`;
    await sink.stage(third);
    await sink.put(third, figure.file, bytes);
    for (let i = 0; i < 2; i++) await sink.discard(third);
    assertEquals(await store.staged(third, figure.file), undefined);
  });

  test("large events travel whole", async () => {
    await using opened = await open();
    const { sink, store } = opened;
    const wish = request({ seed: 3 });
    const job = `${crypto.randomUUID()}.1`;
    await sink.stage(job);
    const json = JSON.stringify({ type: "preview", data: "x".repeat(1_000_000) });
    const events = Array.from({ length: 12 }, (_, i) => ({ id: i + 1, type: "preview" as const, json }));
    await sink.keep(job, wish, [], 1, events);
    assertEquals(await store.events(wish.key), events);
  });
}

Deno.test("folder store: a worker that is killed before the record is written leaves no result", async () => {
  const folder = await Deno.makeTempDir({ prefix: "objects-" });
  const objects = new FolderObjects(folder);
  const { key } = request({ seed: 4 });
  await objects.put(`results/${key}/events.json`, new TextEncoder().encode("[]"));
  const store = new ObjectStore(objects);
  assertEquals([await store.get(key), await store.events(key)], [undefined, undefined]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "HTTP store: names that lead elsewhere, other tokens and galleries that are none are refused",
  ignore: !hasRedis,
  async fn() {
    await using redis = await startRedis();
    await using served = await serveGallery(redis.address);
    const sink = new HttpSink(served.address, TOKEN, 300);
    await sink.check();
    for (const job of ["..%2f..%2fx", "a", `${crypto.randomUUID()}`, `${crypto.randomUUID()}.1/../x`]) {
      await assertRejects(() => sink.stage(job), Error, "404");
    }
    const job = `${crypto.randomUUID()}.1`;
    for (const file of ["..%2fx.png", "x.html", ".png"]) {
      await assertRejects(() => sink.put(job, file, bytes), Error, "404");
    }
    const wrong = await assertRejects(
      () => new HttpSink(served.address, "other", 300).check(),
      ArgumentError,
    );
    assertEquals(wrong.argument, "GALLERY_FLEET_TOKEN");
    const nobody = await assertRejects(
      () => new HttpSink("http://127.0.0.1:9", TOKEN, 300).check(),
      ArgumentError,
    );
    assertEquals(nobody.argument, "gallery");
    for (const path of ["", "/uploads/x", "/results/x/events", `/jobs/${job}`]) {
      const response = await fetch(`${served.address}/api/fleet${path}`, {
        method: path.startsWith("/j") ? "PUT" : "GET",
      });
      assertEquals(response.status, 401, path);
      await response.body?.cancel();
    }
  },
});

Deno.test({
  name: "HTTP store: a gallery that is away for a while gets the result when it is back",
  ignore: !hasRedis,
  async fn() {
    await using opened = await openStore();
    const port = await freePort();
    const sink = new HttpSink(`http://127.0.0.1:${port}`, TOKEN);
    const job = `${crypto.randomUUID()}.1`;
    const putting = sink.put(job, figure.file, bytes);
    await new Promise((resolve) => setTimeout(resolve, 300));
    let refusals = 2;
    const server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async (request) => {
      const body = await request.bytes();
      if (refusals-- > 0) return new Response("no room", { status: 507 });
      await opened.store.stage(job);
      await opened.store.put(job, figure.file, body);
      return Response.json({});
    });
    await putting;
    await server.shutdown();
    assertEquals(await opened.store.staged(job, figure.file), bytes);
    assertEquals(refusals, -1);
  },
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
