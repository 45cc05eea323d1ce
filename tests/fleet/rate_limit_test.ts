/** How often a client may ask a fleet: at all of its galleries together, however it changes between them. */
import { assert, assertEquals } from "@std/assert";
import { connectRedis } from "../../server/fleet/connect.ts";
import { RedisRateLimit } from "../../server/fleet/redis_rate_limit.ts";
import { withScripts } from "../../server/fleet/scripts.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { serveGallery } from "./served_gallery.ts";

console.error = () => {};

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore: !hasRedis, fn });

test("a client has so many at once at two galleries together, then one by one; each for itself", async () => {
  await using redis = await startRedis();
  const connections = [
    withScripts(await connectRedis(redis.address)),
    withScripts(await connectRedis(redis.address)),
  ];
  // One a second, three at once.
  const [first, second] = connections.map((connection) => new RedisRateLimit(connection, "denoise", 60, 3));
  const taken = await Promise.all(
    Array.from({ length: 10 }, (_, i) => (i % 2 ? first : second).take("2001:db8:1:2")),
  );
  assertEquals(taken.toSorted(), [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
  assertEquals(await second.take("192.0.2.1"), 0);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assertEquals(await first.take("2001:db8:1:2"), 0);
  // The other client's bucket is full again, and forgotten; no name is an address.
  const [name, ...others] = await connections[0].keys("denoise:rate:*");
  assertEquals([others.length, name.includes("2001")], [0, false]);
  const left = await connections[0].pttl(name);
  assert(left > 0 && left <= 3000, `${left} ms until it is full and forgotten`);
  for (const connection of connections) connection.disconnect();
});

test("jobs that one gallery has let a client start are counted at the other", async () => {
  await using redis = await startRedis();
  await using first = await serveGallery(redis.address, undefined, { GALLERY_JOBS_PER_MINUTE: "2" });
  await using second = await serveGallery(redis.address, undefined, { GALLERY_JOBS_PER_MINUTE: "2" });
  const statuses: number[] = [];
  let wait: string | null = null;
  for (const [i, { address }] of [first, second, first, second].entries()) {
    const response = await fetch(`${address}/api/jobs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ section: "squares", parameters: { seed: i } }),
    });
    await response.body?.cancel();
    statuses.push(response.status);
    wait = response.headers.get("retry-after");
  }
  // Nobody is there who could run them, which is said after the limit.
  assertEquals(statuses, [503, 503, 429, 429]);
  assert(Number(wait) >= 1 && Number(wait) <= 30, String(wait));
});
