/** A bucket that refuses, cuts and hangs while results are kept in it. */
import { assert, assertEquals } from "@std/assert";
import { BucketObjects } from "../../server/store/bucket_objects.ts";
import { ObjectStore } from "../../server/store/object_store.ts";
import type { JobEvent } from "../../server/wire.ts";
import { until } from "../server/gallery.ts";
import { type ProxyMode, startProxy } from "./faulty_proxy.ts";
import { openRedisQueue, openTestWorker } from "./queues.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { request } from "./request.ts";
import { startS3 } from "./s3.ts";

console.error = () => {};
Deno.test({
  name:
    "a bucket that refuses, cuts or hangs for a while loses nothing; one that goes on so leaves nothing half there",
  ignore: !hasRedis,
  async fn() {
    await using s3 = await startS3();
    await using redis = await startRedis({ appendfsync: "everysec" });
    const { port } = new URL(s3.address.endpoint);
    await using proxy = startProxy({ hostname: "127.0.0.1", port: Number(port) });
    const behind = { ...s3.address, endpoint: `http://127.0.0.1:${proxy.port}` };
    const sink = new ObjectStore(await BucketObjects.open(behind, s3.keys, { answer: 1000 }));
    // What readers have is not behind the proxy.
    const objects = await BucketObjects.open(s3.address, s3.keys);
    const store = new ObjectStore(objects);
    await using queue = await openRedisQueue(redis);
    await using _worker = await openTestWorker(redis, sink, { lease: 3000 });
    await until(async () => (await queue.counts()).workers === 1, "the worker is known");
    let seed = 0;
    /** Runs a job while so many connections go wrong. */
    const run = async (mode: ProxyMode, faults: number) => {
      const wish = request({ seed: seed++, steps: 2 });
      const before = proxy.faults;
      proxy.turn(mode);
      const timer = setInterval(() => {
        if (proxy.faults - before < faults) return;
        clearInterval(timer);
        proxy.turn("pass");
      }, 20);
      const { id } = await queue.start(wish);
      const entries = await Array.fromAsync((await queue.watch(id, 0, new AbortController().signal))!);
      clearInterval(timer);
      assert(proxy.faults > before, `${mode}: it was asked in that time`);
      return { ...wish, last: JSON.parse(entries.at(-1)!.json) as JobEvent };
    };
    for (const mode of ["refuse", "forbid", "cut", "hang"] as const) {
      const { key, last } = await run(mode, 2);
      assertEquals(last.type, "done", `${mode}: ${JSON.stringify(last)}`);
      const { figures: [{ file }] } = (await store.get(key))!;
      assertEquals([...(await store.file(key, file))!.subarray(1, 4)], [80, 78, 71], mode);
      assertEquals((await store.events(key))!.at(-1)!.type, "done", mode);
    }
    const { key, last } = await run("forbid", Infinity);
    assertEquals(last, { type: "failed", message: "The result could not be kept." });
    assertEquals(await store.get(key), undefined);
    assertEquals(await objects.list(`results/${key}`), []);
    proxy.turn("pass");
    const { id } = await queue.start(request({ seed, steps: 2 }));
    const entries = await Array.fromAsync((await queue.watch(id, 0, new AbortController().signal))!);
    assertEquals(entries.at(-1)!.type, "done", "the worker goes on");
  },
});
