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
import { TokenizerError } from "../../lib/text/error.ts";
import { tokenizerJson } from "../text/tokenizer_json.ts";
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

Deno.test("a folder without spiece.model is read by its tokenizer.json, to the same embeddings", async () => {
  await using folder = await temporaryFolder();
  await writeTextToImage(folder.path, "I");
  const tokenizer = join(folder.path, "tokenizer");
  await using pipeline = await openTextToImage(folder.path, { threads: 1 });
  const expected = await pipeline.encode(["A  Cat", "fog in the \u00c5land islands \u2460"]);
  await Deno.remove(join(tokenizer, "spiece.model"));
  const both = "no vocabulary, spiece.model or tokenizer.json is expected";
  await assertRejects(() => pipeline.encode(["fog"]), TokenizerError, both);
  await Deno.writeTextFile(join(tokenizer, "tokenizer.json"), tokenizerJson());
  assertEquals(await pipeline.encode(["A  Cat", "fog in the \u00c5land islands \u2460"]), expected);
});

Deno.test("what a tokenizer's configuration asks for is done, or refused by its key", async () => {
  await using folder = await temporaryFolder();
  await writeTextToImage(folder.path, "I");
  const path = join(folder.path, "tokenizer", "tokenizer_config.json");
  const saved = {
    backend: "tokenizers",
    eos_token: { content: "</s>", lstrip: false },
    extra_ids: 0,
    extra_special_tokens: ["<pad>", "</s>"],
    legacy: true,
    add_prefix_space: null,
    model_max_length: TEXT_LENGTH,
    pad_token: "<pad>",
    sp_model_kwargs: {},
    tokenizer_class: "T5TokenizerFast",
    padding_side: "right",
    unk_token: "<unk>",
  };
  await writeJson(path, saved);
  await using pipeline = await openTextToImage(folder.path, { threads: 1 });
  assertEquals((await pipeline.encode(["fog"])).shape, [1, TEXT_LENGTH, 48]);
  const wrong: [string, unknown][] = [
    ["tokenizer_class", "CLIPTokenizer"],
    ["padding_side", "left"],
    ["truncation_side", "left"],
    ["add_prefix_space", false],
    ["sp_model_kwargs", { enable_sampling: true }],
    ["model_max_length", 5000],
    ["model_max_length", -1],
    ["eos_token", 3],
  ];
  for (const [key, value] of wrong) {
    await writeJson(path, { ...saved, [key]: value });
    const message = `${path}: "${key}" is `;
    await assertRejects(() => openTextToImage(folder.path), CheckpointError, message);
  }
  for (const key of ["eos_token", "pad_token"]) {
    await writeJson(path, { ...saved, [key]: "<end>" });
    const message = `${path}: "${key}" is "<end>" where "${key === "pad_token" ? "<pad>" : "</s>"}"`;
    await assertRejects(() => pipeline.encode(["fog"]), CheckpointError, message);
  }
});

Deno.test("a pipeline with a component of another kind is refused by its name", async () => {
  await using folder = await temporaryFolder();
  await writeTextToImage(folder.path, "I");
  const path = join(folder.path, "model_index.json");
  const index = JSON.parse(await Deno.readTextFile(path));
  const wrong = {
    unet: ["diffusers", "UNet2DModel"],
    text_encoder: ["transformers", "CLIPTextModel"],
    tokenizer: ["transformers", "CLIPTokenizer"],
  };
  for (const [name, component] of Object.entries(wrong)) {
    await writeJson(path, { ...index, [name]: component });
    const message = `${path}: "${name}" is "${component[1]}" where `;
    await assertRejects(() => openTextToImage(folder.path), CheckpointError, message);
  }
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

Deno.test("text-to-image pipelines are known by their class, and described", async () => {
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
  await assertRejects(() => loadModel(first), CheckpointError, "a text-to-image pipeline where one that");
  await assertRejects(() => openTextToImage(digits), CheckpointError, 'a pipeline of "MnistPipeline" where');
  await writeJson(join(first, "model_index.json"), { _class_name: "FluxPipeline" });
  await assertRejects(
    () => readKind(first),
    CheckpointError,
    "IFPipeline, IFSuperResolutionPipeline, DDPMPipeline, DDIMPipeline is expected",
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
