/** Pipelines of DeepFloyd IF from their folders, and prompts that were encoded. */
import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { readTextLength } from "../../lib/models/deepfloyd_folder.ts";
import { describeModel } from "../../lib/models/describe.ts";
import { readKind } from "../../lib/models/kind.ts";
import { loadModel } from "../../lib/models/load.ts";
import { openTextToImage } from "../../lib/pipelines/open_text_to_image.ts";
import {
  encodePrompts,
  readPromptEmbeddings,
  writePromptEmbeddings,
} from "../../lib/pipelines/prompt_embeddings.ts";
import { slice, zeros } from "../../lib/tensor.ts";
import { temporaryFolder, writeJson, writePipeline } from "./checkpoints.ts";
import { TEXT_LENGTH, writeTextToImage } from "./text_to_image_folder.ts";

Deno.test("a pipeline encodes prompts, each in any company, and tells what it cuts", async () => {
  await using folder = await temporaryFolder();
  await writeTextToImage(folder.path, "I");
  const lost: [string, string][] = [];
  await using pipeline = await openTextToImage(folder.path, {
    threads: 1,
    onTruncated: (...told) => lost.push(told),
  });
  const text = await pipeline.encode(["A  Cat", "fog"]);
  assertEquals(text.shape, [2, TEXT_LENGTH, 48]);
  assertEquals(await pipeline.encode(["fog"]), slice(text, 1, 2));
  assertEquals(await pipeline.encode(["a cat"]), slice(text, 0, 1));
  // Cleaning takes addresses away; lower case alone does not.
  const address = "fog, see www.example.com/x";
  assertNotEquals(await pipeline.encode([address], { clean: false }), await pipeline.encode([address]));
  await assertRejects(() => pipeline.encode([]), RangeError, "prompts: none where at least one");
  assertEquals(lost.map(([prompt]) => prompt), [address]);
  const network = await pipeline.network();
  assertEquals(await pipeline.network(), network);
  assertEquals(
    (await network.prepare([{ text: { data: text.data.slice(0, 960), shape: [20, 48] } }])).length,
    1,
  );
});

Deno.test("a pipeline's parts are opened only once they are needed", async () => {
  await using folder = await temporaryFolder();
  await writeTextToImage(folder.path, "II");
  await Deno.remove(join(folder.path, "unet", "diffusion_pytorch_model.safetensors"));
  await Deno.remove(join(folder.path, "tokenizer", "spiece.model"));
  await using pipeline = await openTextToImage(folder.path);
  assertEquals(pipeline.config.enlarges, true);
  await assertRejects(() => pipeline.encode(["fog"]), Error, "spiece.model");
  await assertRejects(() => pipeline.network(), Error, "diffusion_pytorch_model");
});

Deno.test("pipelines that draw texts are known by their class, and described", async () => {
  await using folder = await temporaryFolder();
  const [first, second, digits] = ["first", "second", "digits"].map((name) => join(folder.path, name));
  await writeTextToImage(first, "I");
  await writeTextToImage(second, "II");
  await writePipeline(digits, 10);
  assertEquals(await Promise.all([first, second, digits].map(readKind)), [
    "text-to-image",
    "super-resolution",
    "pipeline",
  ]);
  assertEquals((await describeModel(first)).kind, "text to image, 16 x 16 pixels");
  const { kind, parameters, gflop } = await describeModel(second);
  assertEquals([kind, parameters > 0, gflop > 0], ["super-resolution, 16 x 16 pixels", true, true]);
  await assertRejects(() => loadModel(first), CheckpointError, "a pipeline that draws texts where one that");
  await assertRejects(() => openTextToImage(digits), CheckpointError, 'a pipeline of "MnistPipeline" where');
  await writeJson(join(first, "model_index.json"), { _class_name: "FluxPipeline" });
  await assertRejects(
    () => readKind(first),
    CheckpointError,
    "IFPipeline, IFSuperResolutionPipeline is expected",
  );
});

Deno.test("a text has as many positions as the tokenizer says, 77 where it does not", async () => {
  await using folder = await temporaryFolder();
  assertEquals(await readTextLength(folder.path), 77);
  const path = join(folder.path, "tokenizer", "tokenizer_config.json");
  for (const [model_max_length, expected] of [[undefined, 77], [1e30, 77], [512, 512]]) {
    await writeJson(path, { model_max_length });
    assertEquals(await readTextLength(folder.path), expected);
  }
  for (const model_max_length of [0, 2.5, "77"]) {
    await writeJson(path, { model_max_length });
    await assertRejects(() => readTextLength(folder.path), CheckpointError, '"model_max_length" is ');
  }
});

Deno.test("prompts come out of a file as they went in; other files are refused", async () => {
  await using folder = await temporaryFolder();
  await writeTextToImage(join(folder.path, "tiny"), "I");
  const path = join(folder.path, "prompts.safetensors");
  await using pipeline = await openTextToImage(join(folder.path, "tiny"), { threads: 1 });
  const embeddings = await encodePrompts(pipeline, ["fog", 'a "cat"\n'], "rain");
  await writePromptEmbeddings(path, embeddings);
  assertEquals(await readPromptEmbeddings(path), embeddings);
  assertEquals(embeddings.negativeText, await pipeline.encode(["rain"]));

  const metadata = { "denoise.prompts": "1", prompts: '["fog"]', negative: "" };
  const cases = [
    [{}, {}, '"denoise.prompts" is missing'],
    [{}, { ...metadata, prompts: '"fog"' }, '"prompts" is'],
    [{}, metadata, 'tensor "negative" [L, D] is expected'],
    [{ negative: zeros([2, 3]) }, metadata, 'tensor "prompt.0": missing where [2,3] is expected'],
    [{ negative: zeros([2, 3]), "prompt.0": zeros([3, 2]) }, metadata, "shape [3,2] where [2,3] is expected"],
  ] as const;
  for (const [tensors, told, message] of cases) {
    await writeSafetensors(path, tensors, { metadata: told });
    await assertRejects(() => readPromptEmbeddings(path), CheckpointError, message);
  }
});
