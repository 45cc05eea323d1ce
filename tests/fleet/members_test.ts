/** Who may join a fleet, and what is said to those who may not: at the start, in one line. */
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { ArgumentError } from "../../lib/errors.ts";
import { FleetWorker } from "../../server/fleet/fleet_worker.ts";
import { connectRedis } from "../../server/fleet/connect.ts";
import { FleetVersionError, listMembers } from "../../server/fleet/members.ts";
import { redisHost } from "../../server/fleet/redis_host.ts";
import { readSettings } from "../../server/settings.ts";
import { BucketObjects } from "../../server/store/bucket_objects.ts";
import { storeAddress } from "../../server/store/store_address.ts";
import { testCommand } from "../server/gallery.ts";
import { openRedisQueue, openStore, testWorkerMember } from "./queues.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { startS3 } from "./s3.ts";

console.error = () => {};

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore: !hasRedis, fn });

test("a worker of another version, or with other sections, is refused; nothing of it is left", async () => {
  await using redis = await startRedis();
  await using opened = await openStore();
  await using _queue = await openRedisQueue(redis);
  const member = testWorkerMember();
  for (const other of [{ version: "9.9.9" }, { schema: "other" }]) {
    const options = {
      address: redis.address,
      member: { ...member, ...other },
      command: testCommand,
      sink: opened.store,
      prepare: () => Promise.resolve(undefined),
    };
    const error = await assertRejects(() => FleetWorker.open(options), FleetVersionError);
    assertStringIncludes(error.message, Object.values(other)[0]);
    assertStringIncludes(error.message, member.version);
    assertEquals(error.message.includes("\n"), false);
  }
  const connection = await connectRedis(redis.address);
  assertEquals((await listMembers(connection, "denoise")).map(({ kind }) => kind), ["gallery"]);
  connection.disconnect();
});

test("who leaves is no longer there", async () => {
  await using redis = await startRedis();
  const queue = await openRedisQueue(redis);
  const connection = await connectRedis(redis.address);
  assertEquals((await listMembers(connection, "denoise")).length, 1);
  await queue[Symbol.asyncDispose]();
  assertEquals(await listMembers(connection, "denoise"), []);
  connection.disconnect();
});

test("a wrong password is refused, the right one is not, and none is shown", async () => {
  await using redis = await startRedis({ password: "right" });
  (await connectRedis(redis.address)).disconnect();
  for (const password of [":wrong@", ""]) {
    const address = redis.address.replace(":right@", password);
    const error = await assertRejects(() => connectRedis(address), ArgumentError);
    assertEquals([error.argument, error.message.includes("wrong@")], ["queue", false]);
    assert(/password|auth/i.test(error.message), error.message);
  }
});

test("an address at which nothing answers is refused at once", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const start = performance.now();
  const error = await assertRejects(() => connectRedis(`redis://127.0.0.1:${port}`), ArgumentError);
  assertStringIncludes(error.message, "ECONNREFUSED");
  assert(performance.now() - start < 4000);
});

Deno.test("a bucket that is not there, and keys that do not open it, are refused with the bucket's name", async () => {
  await using s3 = await startS3();
  for (
    const [address, keys] of [
      [{ ...s3.address, bucket: "nothing" }, s3.keys],
      [s3.address, { ...s3.keys, accessKeyId: "wrong" }],
      [{ ...s3.address, endpoint: "http://127.0.0.1:9" }, s3.keys],
    ] as const
  ) {
    const error = await assertRejects(() => BucketObjects.open(address, keys), ArgumentError);
    assertEquals(error.argument, "store");
    assertStringIncludes(error.message, `s3://${address.bucket} at ${address.endpoint}`);
    assertEquals(error.message.includes("\n"), false);
  }
});

Deno.test("addresses of a store: a folder or a bucket, and nothing else", () => {
  assertEquals(storeAddress("s3://pictures?endpoint=http://host:9000&region=here"), {
    bucket: "pictures",
    endpoint: "http://host:9000",
    region: "here",
  });
  assertEquals(storeAddress("s3://pictures"), {
    bucket: "pictures",
    endpoint: "https://s3.us-east-1.amazonaws.com",
    region: "us-east-1",
  });
  assertEquals(storeAddress("/mnt/shared"), { folder: "/mnt/shared" });
  for (
    const text of [
      "",
      "a,b",
      "s3://",
      "s3://a/b",
      "s3://a?endpoint=x",
      "s3://a?other=1",
      "http://a",
      "gs://a",
    ]
  ) {
    assertEquals(assertThrows(() => storeAddress(text), ArgumentError).argument, "store", text);
  }
});

Deno.test("addresses of a queue: what is none is named, and a fleet needs a token", () => {
  assertEquals(redisHost("redis://:secret@host:7000/2"), { host: "host", port: 7000 });
  assertEquals(redisHost("rediss://[::1]"), { host: "::1", port: 6379 });
  for (const address of ["16", "host:6379", "http://host", "redis://", "redis://:secret@host/name"]) {
    const error = assertThrows(() => redisHost(address), ArgumentError);
    assertEquals([error.argument, error.message.includes("secret")], ["queue", false]);
  }
  const settings = { GALLERY_QUEUE: "redis://host" };
  const read = (values: Record<string, string>) => readSettings((name) => values[name]);
  assertEquals(assertThrows(() => read(settings), ArgumentError).argument, "GALLERY_FLEET_TOKEN");
  assertEquals(read({ ...settings, GALLERY_STORE: "/mnt" }).store, "/mnt");
  assertEquals(assertThrows(() => read({ GALLERY_STORE: "/mnt" }), ArgumentError).argument, "store");
  assertEquals(read({ ...settings, GALLERY_FLEET_TOKEN: "a" }).queue, "redis://host");
});
