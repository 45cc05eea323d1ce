/** Who may join a fleet, and what is said to those who may not: at the start, in one line. */
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { ArgumentError } from "../../lib/errors.ts";
import { FleetWorker } from "../../server/fleet/fleet_worker.ts";
import { connectRedis } from "../../server/fleet/connect.ts";
import { FleetVersionError, listMembers } from "../../server/fleet/members.ts";
import { redisHost } from "../../server/fleet/redis_host.ts";
import { readSettings } from "../../server/settings.ts";
import { testCommand } from "../server/gallery.ts";
import { openRedisQueue, openStore, testWorkerMember } from "./queues.ts";
import { hasRedis, startRedis } from "./redis.ts";

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
  assertEquals(read({ ...settings, GALLERY_FLEET_TOKEN: "a" }).queue, "redis://host");
});
