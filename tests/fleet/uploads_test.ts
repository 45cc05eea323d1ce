/** Pictures that users have sent, where all of a fleet find them: they expire there, and are kept longer when they are sent again. */
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { encodeSafetensors, SafetensorsError } from "../../lib/checkpoints/safetensors.ts";
import { full } from "../../lib/tensor.ts";
import { BucketObjects } from "../../server/store/bucket_objects.ts";
import { FolderObjects } from "../../server/store/folder_objects.ts";
import type { Objects } from "../../server/store/objects.ts";
import { Uploads } from "../../server/store/uploads.ts";
import { startS3 } from "./s3.ts";

const picture = await Deno.readFile(new URL("../../report/images/cat.png", import.meta.url));

async function holds(objects: Objects): Promise<void> {
  const [one, other] = [1, 2].map(() => new Uploads(objects, 3000, 1e8));
  const { id } = await one.add(picture);
  assertEquals((await other.read(id))!.bytes, picture);
  const [first] = await objects.list("uploads");
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await other.add(picture);
  const [second, ...more] = await objects.list("uploads");
  assertEquals([second.name, second.size, more.length], [`uploads/${id}`, picture.length, 0]);
  assertNotEquals(second.written, first.written);
  await one.expire();
  assert(await one.has(id));
  assertEquals((await one.read(id))!.bytes, picture);
  const token = encodeSafetensors({ "<mine>": full([1, 4], 0.5) });
  const weights = await one.addWeights(token);
  assertEquals([await other.bytes(weights), await other.read(weights)], [token, undefined], "no picture");
  await assertRejects(() => one.addWeights(token.slice(0, -1)), SafetensorsError, "truncated");
  await new Uploads(objects, -1, 1e8).expire();
  assertEquals([await other.read(id), await other.bytes(weights)], [undefined, undefined]);
}

Deno.test("a shared folder has uploads", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await holds(new FolderObjects(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a bucket has uploads", async () => {
  await using s3 = await startS3();
  await holds(await BucketObjects.open(s3.address, s3.keys));
});
