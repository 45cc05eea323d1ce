/** Models that are opened below a URL and from memory: their answers are those of the same files on a disk. */
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { openWeights } from "../../lib/checkpoints/shards.ts";
import { sampleToEnd } from "../../lib/diffusion/sample.ts";
import { openMnistModel } from "../../lib/models/mnist.ts";
import { findModel } from "../../lib/models/registry.ts";
import { openTextToImage } from "../../lib/pipelines/open_text_to_image.ts";
import { textToImage } from "../../lib/pipelines/text_to_image.ts";
import { type Folder, MemoryFiles, UrlFiles } from "../../lib/platform/mod.ts";
import { CachedUrlFiles } from "../../lib/platform/native/cached_url_files.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { temporaryFolder, writePipeline } from "../models/checkpoints.ts";
import { readTensors, writeShards } from "../models/deepfloyd_checkpoints.ts";
import { SIZE, writeTextToImage } from "../models/text_to_image_folder.ts";
import { FileServer, filesOf } from "./file_server.ts";

/** A picture of a pipeline. */
async function draw(folder: Folder): Promise<Tensor> {
  await using pipeline = await openTextToImage(folder, { threads: 1, size: SIZE });
  const text = await pipeline.encode(["a cat"]);
  const negative = await pipeline.encode([""]);
  const network = await pipeline.network();
  return await sampleToEnd(textToImage(network, text, { negative, seed: 0, numInferenceSteps: 2 }));
}

Deno.test("a pipeline draws the same picture from a disk, from memory, and below a URL", async () => {
  await using folder = await temporaryFolder();
  await writeTextToImage(folder.path, "I");
  const picture = await draw(folder.path);
  const files = await Array.fromAsync(filesOf(folder.path));
  assertEquals(await draw(new MemoryFiles(Object.fromEntries(files))), picture);
  await using server = new FileServer(files.map(([path, bytes]) => [`models/tiny/${path}`, bytes]));
  const remote = new UrlFiles(`${server.address}models/tiny`);
  assertEquals(await draw(remote), picture);
  await using cache = await temporaryFolder();
  assertEquals(await draw(new CachedUrlFiles(remote, () => cache.path)), picture);
});

Deno.test("weights in several files, in half precision, are opened below a URL", async () => {
  await using folder = await temporaryFolder();
  const half = Object.entries(await readTensors("unet_I_tiny")).map(([name, tensor]) => {
    return [name, { ...tensor, dtype: "F16" as const }];
  });
  const weights = (unet: string) => {
    return writeShards(unet, "diffusion_pytorch_model", Object.fromEntries(half), { infix: ".fp16" });
  };
  await writeTextToImage(folder.path, "I", { weights });
  const picture = await draw(folder.path);
  await using server = new FileServer(await Array.fromAsync(filesOf(folder.path)));
  assertEquals(await draw(new UrlFiles(server.address)), picture);
});

Deno.test("the weights of a model below a URL are read once, whatever runs on them", async () => {
  await using folder = await temporaryFolder();
  await writeTextToImage(folder.path, "I");
  await using server = new FileServer(await Array.fromAsync(filesOf(folder.path)));
  await draw(new UrlFiles(server.address));
  const weights = server.requests.filter((line) => line.startsWith("GET /unet/diffusion_pytorch_model"));
  const { size } = await Deno.stat(join(folder.path, "unet", "diffusion_pytorch_model.safetensors"));
  const bytes = weights.map((line) => /bytes=(\d+)-(\d+)/.exec(line)!.slice(1).map(Number))
    .reduce((sum, [from, to]) => sum + Math.min(to + 1, size) - from, 0);
  // The header once more, and all of it.
  assertLess(bytes, size + 2 ** 17 + 1, weights.join("\n"));
});

Deno.test("what is missing below a URL is named by its address", async () => {
  await using server = new FileServer([]);
  const files = new UrlFiles(`${server.address}models/none/`);
  const index = `${server.address}models/none/model_index.json: does not exist`;
  await assertRejects(() => openMnistModel(files), CheckpointError, index);
  await assertRejects(() => openTextToImage(files), CheckpointError, index);
  const none = `${server.address}models/none/unet: no weights, model.safetensors or an index`;
  await assertRejects(() => openWeights(files.folder("unet"), "model"), CheckpointError, none);
});

Deno.test("a model is opened and described by its URL, by way of the cache", async () => {
  await using folder = await temporaryFolder();
  await writePipeline(folder.path, 10);
  await using server = new FileServer(await Array.fromAsync(filesOf(folder.path)));
  await using cache = await temporaryFolder();
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", "tests/platform/open_by_url.ts", server.address],
    env: { DENOISE_CACHE: cache.path },
  });
  const { success, stdout, stderr } = await command.output();
  assert(success, new TextDecoder().decode(stderr));
  const { size } = await Deno.stat(join(folder.path, "unet", "diffusion_pytorch_model.safetensors"));
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), { classes: 10, bytes: size, device: "cpu" });
  const blobs = (await Array.fromAsync(filesOf(join(cache.path, "files", "blobs")))).map(([, blob]) => blob);
  assert(blobs.some((blob) => blob.length === size));
});

Deno.test("a pipeline that ships is opened by its name", async () => {
  await using pipeline = await openTextToImage("emoji-I");
  assertEquals(pipeline.folder, await findModel("emoji-I"));
  await assertRejects(
    () => openTextToImage("emoji-0"),
    CheckpointError,
    "emoji-0/model_index.json: does not exist",
  );
});
