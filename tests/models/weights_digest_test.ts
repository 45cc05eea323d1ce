import { assertEquals, assertNotEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { digest, weightsDigest } from "../../lib/models/weights_digest.ts";
import { encodeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { MemoryFiles, UrlFiles } from "../../lib/platform/mod.ts";
import { Generator } from "../../lib/random.ts";
import { tensor } from "../../lib/tensor.ts";
import { FileServer } from "../platform/file_server.ts";
import { temporaryFolder } from "../models/checkpoints.ts";

Deno.test("weights are known by their whole hash", async () => {
  await using folder = await temporaryFolder();
  const [first, second] = [1, 2].map((seed) =>
    new Uint8Array(new Generator(seed).randn([50_000]).data.buffer)
  );
  await Deno.writeFile(join(folder.path, "b.safetensors"), second);
  await Deno.writeFile(join(folder.path, "a.safetensors"), first);
  await Deno.writeTextFile(join(folder.path, "config.json"), "{}");
  const expected = createHash("sha256").update(first).update(second).digest("hex").slice(0, 16);
  assertEquals(await weightsDigest(folder.path), expected);
  assertEquals(await digest(first, second), expected);
});

Deno.test("weights have the same hash on a disk, in memory and below a URL", async () => {
  await using folder = await temporaryFolder();
  const name = "diffusion_pytorch_model.safetensors";
  const bytes = encodeSafetensors({ x: tensor(Float32Array.of(1, 2), [2]) });
  await Deno.writeFile(join(folder.path, name), bytes);
  await using server = new FileServer([[`unet/${name}`, bytes]]);
  const expected = await digest(bytes);
  const others = [new MemoryFiles({ [name]: bytes }), new UrlFiles(`${server.address}unet`)];
  for (const files of [folder.path, ...others]) assertEquals(await weightsDigest(files), expected);
});

Deno.test("large weights are known by pieces of them, the first and the last too", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.safetensors");
  await Deno.writeFile(path, Uint8Array.of(1));
  const size = 2 ** 27 + 5;
  await Deno.truncate(path, size); // a hole: takes no room
  const before = await weightsDigest(folder.path);
  for (const offset of [0, size - 1]) {
    using file = await Deno.open(path, { write: true });
    await file.seek(offset, Deno.SeekMode.Start);
    await file.write(Uint8Array.of(9));
    assertNotEquals(await weightsDigest(folder.path), before);
  }
});
