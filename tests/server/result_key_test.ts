/** A result is known by all that makes it: pictures by weights of before are never shown for those of now. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "node:path";
import { parseParameters } from "../../report/mod.ts";
import { type OpenModels, openModels } from "../../report/models.ts";
import { sampling } from "../../report/sections/sampling.ts";
import { Catalog, resultKey } from "../../server/catalog.ts";
import { ModelDigests } from "../../server/model_digest.ts";
import { LocalQueue } from "../../server/jobs/local_queue.ts";
import { ResultStore } from "../../server/store/result_store.ts";
import { CurrentModels } from "../../server/worker/current_models.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";
import { testCommand, until } from "./gallery.ts";

console.error = () => {};

/** Two stages that belong together, as a run leaves them. */
async function cascade(): Promise<AsyncDisposable & { readonly first: string; readonly second: string }> {
  const folder = await Deno.makeTempDir();
  const first = await writeTextToImage(join(folder, "tiny-I"), "I");
  const second = await writeTextToImage(join(folder, "tiny-II"), "II");
  return { first, second, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

/** Writes other weights of the same size, with the time of the old ones. */
async function retrain(folder: string): Promise<void> {
  const path = join(folder, "unet", "diffusion_pytorch_model.safetensors");
  const { mtime } = await Deno.stat(path);
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 2] ^= 1;
  await Deno.writeFile(path, bytes);
  await Deno.utime(path, mtime!, mtime!);
}

Deno.test("a result's key holds the digest of every stage, the second one that auto chooses too", async () => {
  await using models = await cascade();
  const { first, second } = models;
  // The second stage is found by the first, whether or not it can be chosen by itself.
  for (const folders of [[first], [first, second]]) {
    const catalog = new Catalog([sampling], folders);
    const keyOf = async (upscale: string) => {
      const parameters = parseParameters(sampling, { model: first, upscale });
      const found = await catalog.modelsOf(sampling, parameters);
      return { key: resultKey(sampling.id, parameters, found), found };
    };
    const before = await keyOf("auto");
    assertEquals(Object.keys(before.found).sort(), [first, second].sort());
    assertEquals(Object.keys((await keyOf("none")).found), [first]);
    assert(await catalog.isCurrent(before.found));
    const alone = await keyOf("none");
    await retrain(second);
    const after = await keyOf("auto");
    assertNotEquals(after.key, before.key);
    assertEquals((await keyOf("none")).key, alone.key, "it takes no part there");
    assertEquals(await catalog.isCurrent(before.found), false);
    await retrain(first);
    assertNotEquals((await keyOf("auto")).key, after.key);
  }
});

Deno.test("a digest is another for any file that is read, also with the same size and time; not for what is written about it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "unet"));
    const digests = new ModelDigests();
    const seen = new Set([await digests.of(folder)]);
    for (
      const name of [
        "model_index.json",
        "unet/weights.safetensors",
        "weights.bin",
        "loss.jsonl",
        "epoch-1.png",
      ]
    ) {
      for (const text of ["first", "other"]) {
        await Deno.writeTextFile(join(folder, name), text);
        await Deno.utime(join(folder, name), 1, 1);
        seen.add(await digests.of(folder));
      }
    }
    assertEquals(seen.size, 11);
    const last = await digests.of(folder);
    await Deno.writeTextFile(join(folder, "README.md"), "words");
    assertEquals(await digests.of(folder), last);
    // A large one of which only a piece was trained, between those that are read.
    using large = await Deno.open(join(folder, "large.safetensors"), { write: true, create: true });
    await large.truncate(400_000_000);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const before = await digests.of(folder);
    await large.seek(200_000, Deno.SeekMode.Start);
    await large.write(new Uint8Array([1]));
    assertNotEquals(await digests.of(folder), before);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a worker opens a model again whose files were written again, and keeps the others open", async () => {
  await using models = await cascade();
  const shelves: (OpenModels & { closed?: boolean })[] = [];
  const current = new CurrentModels(() => {
    const shelf: OpenModels & { closed?: boolean } = openModels();
    const close = shelf[Symbol.asyncDispose].bind(shelf);
    shelf[Symbol.asyncDispose] = async () => {
      shelf.closed = true;
      await close();
    };
    shelves.push(shelf);
    return shelf;
  });
  const { first, second } = models;
  // The system's clock for changes counts in seconds.
  const settle = () => new Promise((resolve) => setTimeout(resolve, 2100));
  await settle();
  const closed = () => shelves.map(({ closed }) => closed ?? false);
  const job = async (...names: string[]) => {
    await using _models = await current.for(names);
  };
  for (const names of [[first], [first, second], []]) await job(...names);
  assertEquals(closed(), [false]);
  const before = await current.for([first]);
  await retrain(second);
  await settle();
  await job(first);
  assertEquals(closed(), [false], "the second has no part in this job");
  await job(first, second);
  assertEquals(closed(), [false, false], "another job still uses the first shelf");
  await before[Symbol.asyncDispose]();
  assertEquals(closed(), [true, false]);
  await job(first, second);
  assertEquals(closed(), [true, false]);
});

Deno.test("a job whose models were trained on while it ran is not kept", async () => {
  const data = await Deno.makeTempDir();
  try {
    using store = await ResultStore.open(data, 1e6);
    let current = true;
    await using queue = new LocalQueue({
      command: testCommand,
      store,
      workers: 1,
      limit: 4,
      unwatched: 60_000,
      jobTime: 60_000,
      workerMegabytes: 4000,
      isCurrent: () => Promise.resolve(current),
    });
    const run = async (key: string) => {
      const { id } = await queue.start({ section: "squares", parameters: {}, key, models: {} });
      await until(async () => !["queued", "running"].includes((await queue.status(id))!.state), "it is over");
      return (await queue.status(id))!;
    };
    assertEquals((await run("a")).state, "done");
    current = false;
    const status = await run("b");
    assertEquals([status.state, await store.get("b")], ["failed", undefined]);
    assert(status.error!.message.includes("start it again"));
    assertEquals(await Array.fromAsync(Deno.readDir(join(data, "staging"))), []);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});
