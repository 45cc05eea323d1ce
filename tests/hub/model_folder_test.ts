import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { join } from "node:path";
import { findPulledModel } from "../../lib/checkpoints/hub.ts";
import { lock } from "../../lib/checkpoints/hub/lock.ts";
import { type Contents, fillModelFolder } from "../../lib/checkpoints/hub/model_folder.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { filesBelow } from "./repository.ts";

/** Blobs, and what a pull of them would put into the folder. */
async function contents(folder: string, files: Record<string, string>, commit = "a"): Promise<Contents> {
  await Deno.mkdir(join(folder, "blobs"), { recursive: true });
  const list = [];
  for (const [path, hash] of Object.entries(files)) {
    const blob = join(folder, "blobs", hash);
    await Deno.writeTextFile(blob, hash);
    list.push({ path, size: hash.length, hash, blob });
  }
  return { repo: "org/name", revision: "main", commit, files: list };
}

/** What a system says of two disks. */
const acrossDisks = () => Promise.reject(new Error("Invalid cross-device link (os error 18)"));

Deno.test("files are copied where they cannot be linked, and the model says so", async () => {
  await using folder = await temporaryFolder();
  const target = join(folder.path, "models", "org", "name");
  const wanted = await contents(folder.path, { "config.json": "{}", "unet/w": "weights" });
  await fillModelFolder(target, wanted, undefined, acrossDisks);
  const model = await findPulledModel("org/name", join(folder.path, "models"));
  assertEquals(model?.storage, "copies");
  assertEquals(await Deno.readTextFile(join(target, "unet", "w")), "weights");
  assertEquals((await Deno.stat(join(target, "unet", "w"))).nlink, 1);
});

Deno.test("a folder is as it was until the new one is whole", async () => {
  await using folder = await temporaryFolder();
  const target = join(folder.path, "models", "org", "name");
  await fillModelFolder(target, await contents(folder.path, { "config.json": "{}", w: "old" }));
  const next = await contents(folder.path, { "config.json": "[]", w: "new" }, "b");
  await Deno.remove(next.files[1].blob);
  await assertRejects(() => fillModelFolder(target, next), Deno.errors.NotFound);
  assertEquals(await Deno.readTextFile(join(target, "config.json")), "{}");
  assertEquals(await Deno.readTextFile(join(target, "w")), "old");
  assertEquals(await filesBelow(join(folder.path, "models", "org")), [
    ".name.lock",
    "name/.pulled.json",
    "name/config.json",
    "name/w",
  ]);
});

Deno.test("what a process has left that was ended in the middle is no model, and is cleared away", async () => {
  await using folder = await temporaryFolder();
  const org = join(folder.path, "models", "org");
  for (const name of [".name.new", ".name.old"]) {
    await Deno.mkdir(join(org, name), { recursive: true });
    await Deno.writeTextFile(join(org, name, "config.json"), "{}");
  }
  assertEquals(await findPulledModel("org/name", join(folder.path, "models")), undefined);
  await fillModelFolder(join(org, "name"), await contents(folder.path, { "config.json": "{}" }));
  assertEquals(await filesBelow(org), [".name.lock", "name/.pulled.json", "name/config.json"]);
});

Deno.test("a file that somebody has cut short is put back", async () => {
  await using folder = await temporaryFolder();
  const target = join(folder.path, "models", "org", "name");
  const wanted = await contents(folder.path, { "config.json": "{}", w: "weights" });
  await fillModelFolder(target, wanted);
  await Deno.remove(join(target, "w"));
  await Deno.writeTextFile(join(target, "w"), "wei");
  await fillModelFolder(target, wanted);
  assertEquals(await Deno.readTextFile(join(target, "w")), "weights");
});

Deno.test("a lock has one holder at a time, and waiting for it can be ended", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "locks", "one.lock");
  const controller = new AbortController();
  const reason = new Error("enough");
  let waited = false;
  const second = async () => {
    using _ = await lock(path);
    waited = true;
  };
  let pending: Promise<void>;
  {
    using _ = await lock(path);
    const third = lock(path, controller.signal).catch((error) => error);
    controller.abort(reason);
    assertStrictEquals(await third, reason);
    pending = second();
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert(!waited);
  }
  await pending;
  assert(waited);
});
