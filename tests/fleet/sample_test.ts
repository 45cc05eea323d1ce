/** `deno task sample --queue`: the command line asks a fleet, and writes what it would have drawn itself. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { namesIn, refuse, succeed } from "../cli/task.ts";
import { sections } from "../../report/mod.ts";
import { openRedisQueue } from "./queues.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { serveGallery, TOKEN } from "./served_gallery.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore: !hasRedis, fn });

/** A folder that is removed. */
async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "sample-fleet-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** `deno task worker` as a user starts it; it has joined when this is done. */
async function startWorkerTask(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<AsyncDisposable> {
  const child = new Deno.Command("deno", {
    args: ["task", "--quiet", "--cwd", root, "worker", ...args],
    env,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assertStringIncludes(new TextDecoder().decode(value), "The worker: ");
  reader.releaseLock();
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await child.stdout.cancel();
    },
  };
}

/** The files of a folder with their bytes. */
async function filesIn(folder: string): Promise<Map<string, Uint8Array>> {
  const names = await namesIn(folder);
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await Deno.readFile(join(folder, name))] as const),
    ),
  );
}

test("sample --queue writes the files that sample writes, byte for byte, and takes what is there from the store", async () => {
  await using folder = await temporaryFolder();
  await using redis = await startRedis({ appendfsync: "everysec" });
  const [store, data, here, there] = ["store", "data", "here", "there"].map((name) =>
    join(folder.path, name)
  );
  await Deno.mkdir(store);
  const fleet = ["--queue", redis.address, "--store", store];
  await using _worker = await startWorkerTask(fleet, { GALLERY_DATA: data });
  const image = join(root, "report/images/cat.png");
  const runs = [
    ["31", "--seed", "3", "--count", "2", "--steps", "3", "--scale", "2"],
    ["a rocket ship", "--seed", "7", "--count", "2", "--steps", "3", "--upscale-steps", "2"],
    ["an apple", "--seed", "1", "--count", "1", "--steps", "4", "--upscale", "none", "--image", image],
    ["an apple", "--anagram", "a heart", "--seed", "5", "--count", "2", "--steps", "2", "--upscale", "none"],
    // More than a job has: in three.
    ["a rocket ship", "--seed", "20", "--count", "18", "--steps", "2", "--upscale", "none"],
  ];
  for (const args of runs) {
    await succeed("sample", ...args, "--out", here);
    await succeed("sample", ...args, "--out", there, ...fleet);
    assertEquals(await filesIn(there), await filesIn(here), args.join(" "));
  }
  const [results] = [await namesIn(join(store, "results"))];
  assertEquals(results.length, 4 + 3);
  const text = await succeed("sample", ...runs[1], "--out", there, ...fleet);
  assertMatch(text, /^grid +.*rocket.*png\nimages +.*-1\.png to .*-2\.png\nseed +7\ntime +5 steps/);
  assertEquals(await namesIn(join(store, "results")), results, "nothing was made a second time");
});

test("sample --queue by a gallery that takes the results: pictures to begin from go there, those that are drawn come from there", async () => {
  await using folder = await temporaryFolder();
  await using redis = await startRedis({ appendfsync: "everysec" });
  await using served = await serveGallery(redis.address, undefined, {}, sections);
  const env = { GALLERY_FLEET_TOKEN: TOKEN, GALLERY_DATA: join(folder.path, "data") };
  const fleet = ["--queue", redis.address, "--gallery", served.address];
  await using _worker = await startWorkerTask(fleet, env);
  const image = ["--image", join(root, "report/images/cat.png"), "--upscale", "none", "--count", "1"];
  const args = ["an apple", "--seed", "1", "--steps", "3", ...image, "--out"];
  const [here, there] = ["here", "there"].map((name) => join(folder.path, name));
  await succeed("sample", ...args, here);
  const { code, stderr } = await new Deno.Command("deno", {
    // The address, which may have a password, is in the environment.
    args: [
      "task",
      "--quiet",
      "--cwd",
      root,
      "sample",
      ...args,
      there,
      "--queue",
      "--gallery",
      served.address,
    ],
    env: { ...env, GALLERY_QUEUE: redis.address },
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertEquals(await filesIn(there), await filesIn(here));
});

test("sample --queue says what a fleet of another version is", async () => {
  await using folder = await temporaryFolder();
  await using redis = await startRedis({ appendfsync: "everysec" });
  await using _queue = await openRedisQueue(redis);
  const args = ["7", "--queue", redis.address, "--store", folder.path, "--out", join(folder.path, "out")];
  assertMatch(
    await refuse("sample", ...args),
    /^queue: this client is version .*, and the gallery on .* is version /,
  );
});

test("sample --queue says in one line what is not there", async () => {
  await using folder = await temporaryFolder();
  await using redis = await startRedis({ appendfsync: "everysec" });
  const out = join(folder.path, "out");
  const store = ["--store", folder.path];
  const ask = (...args: string[]) => refuse("sample", "7", "--steps", "2", "--out", out, ...args);
  assertMatch(
    await ask("--queue", "redis://127.0.0.1:9", ...store),
    /^queue: "redis:\/\/127.0.0.1:9" where the address of a Redis 7/,
  );
  assertEquals(await ask("--queue", redis.address, ...store), "No worker is there that could compute this.");
  assertMatch(await ask("--queue", redis.address), /^GALLERY_FLEET_TOKEN: none where/);
  assertMatch(
    await ask("--queue", redis.address, ...store, "--threads", "1"),
    /^threads: given where none with --queue is expected/,
  );
  assertMatch(await ask(...store), /^store: .* where --queue beside it is expected/);
  assertMatch(await ask("--queue", "nobody", ...store), /^queue: "nobody" where redis:/);
  assertEquals(await namesIn(out), [], "nothing is left");
});
