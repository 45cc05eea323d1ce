/** `deno task models quantize`, as a user runs it. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { join } from "node:path";
import { assertMemory } from "../../cli/models/assert_memory.ts";
import { ArgumentError } from "../../lib/errors.ts";
import { quantizingBytes } from "../../lib/pipelines/mod.ts";
import { temporaryFolder, unetConfig, unetWeights, writeModel } from "../models/checkpoints.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";
import { namesIn, refuse, succeed } from "./task.ts";

Deno.test("models quantize writes a folder that the tasks open", async () => {
  await using folder = await temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  const model = await writeTextToImage(path("model"), "I");
  const out = path("small");
  const line = await succeed(
    "models",
    ...[
      "quantize",
      model,
      "--out",
      out,
      "--activations",
      "none",
      "--prompts",
      "a fox",
      "an owl",
      "--steps",
      "2",
    ],
  );
  assertMatch(
    line,
    /^.*small holds .*model with weights in integers of 8 bits; its pictures are at \d+\.\d dB/,
  );
  assertEquals(await namesIn(folder.path), ["model", "small"]);
  const { quantization } = JSON.parse(await Deno.readTextFile(join(out, "unet", "config.json")));
  assertEquals(quantization.prompts, ["a fox", "an owl"]);
  assert(quantization.psnr > 15, `${quantization.psnr}`);
  assertMatch(
    await Deno.readTextFile(join(out, "README.md")),
    /- a fox\n- an owl\n[^]* dB of those of the original/,
  );
  assertMatch(await succeed("models", "info", out), /^kind +text to image, 16 x 16 pixels$/m);
  await succeed("sample", "a fox", "--model", out, "--steps", "2", "--out", path("out"));
  assert((await namesIn(path("out"))).length > 0);

  assertMatch(
    await refuse("models", "quantize", out, "--out", path("smaller"), "--activations", "none"),
    /^model: ".*small" where a network that is not quantised yet is expected$/,
  );
  assertMatch(
    await refuse("models", "quantize", model, "--out", out, "--activations", "none"),
    /^out: ".*small" where a folder that is empty, or does not exist yet is expected$/,
  );
  assertMatch(
    await refuse("models", "quantize", model, "--out", join(path("none"), "small")),
    /^out: .* where a path in an existing, writable folder is expected$/,
  );
  assertEquals(await namesIn(folder.path), ["model", "out", "small"]);
});

Deno.test("models quantize calibrates a super-resolution network with the pictures of the first stage", async () => {
  await using folder = await temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  const [first, second] = [await writeTextToImage(path("I"), "I"), await writeTextToImage(path("II"), "II")];
  const options = ["--first", first, "--prompts", "a fox", "an owl", "--steps", "2", "--out", path("small")];
  assertMatch(
    await succeed("models", "quantize", second, ...options),
    /small holds .*II with weights, and inputs and outputs of convolutions, in integers .* at \d+\.\d dB/,
  );
  const drawing = ["--model", first, "--upscale", path("small"), "--steps", "2", "--upscale-steps", "2"];
  await succeed("sample", "a fox", ...drawing, "--cache-interval", "2", "--out", path("out"));
  assert((await namesIn(path("out"))).length > 0);
});

Deno.test("models quantize makes the text encoder alone smaller, and the network stays as it is", async () => {
  await using folder = await temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  const encoding = ["--weights", "none", "--text-encoder", "int4"];
  const prompts = ["--prompts", "a rocket ship", "a skull"];
  const out = path("small");
  const line = await succeed("models", "quantize", "emoji-I", "--out", out, ...encoding, ...prompts);
  assertMatch(
    line,
    /small holds emoji-I with its text encoder's weights in integers of 4 bits; its embeddings are at a cosine of 0\.99\d\d/,
  );
  const bytes = (folder: string, file: string) => Deno.readFile(join(folder, file));
  const unet = "unet/diffusion_pytorch_model.safetensors";
  assertEquals(await bytes(out, unet), await bytes("models/emoji-I", unet));
  const encoder = "text_encoder/model.safetensors";
  assert((await bytes(out, encoder)).length < (await bytes("models/emoji-I", encoder)).length);
  const config = JSON.parse(await Deno.readTextFile(join(out, "text_encoder", "config.json")));
  assertEquals(config.quantization.weights, "int4");
  assertEquals(config.quantization.prompts, ["a rocket ship", "a skull"]);
  assertMatch(
    await Deno.readTextFile(join(out, "README.md")),
    /by a cosine of at least\n0\.99\d\d:\n\n- a rocket/,
  );
  await succeed(
    "sample",
    "a skull",
    "--model",
    out,
    "--steps",
    "2",
    "--upscale",
    "none",
    "--out",
    path("out"),
  );
  assert((await namesIn(path("out"))).length > 0);

  assertMatch(
    await refuse("models", "quantize", out, "--out", path("smaller"), ...encoding),
    /^model: .* where a text encoder that is not quantised yet is expected$/,
  );
  assertMatch(
    await refuse("models", "quantize", "emoji-I", "--out", path("none"), "--weights", "none"),
    /^weights: "none" where int8, where the text encoder stays as it is is expected$/,
  );
  assertEquals(await namesIn(folder.path), ["out", "small"]);
});

Deno.test("models quantize refuses what is no text-to-image model", async () => {
  await using folder = await temporaryFolder();
  const model = await writeModel(folder.path, unetConfig(), unetWeights());
  const out = join(folder.path, "small");
  assertMatch(
    await refuse("models", "quantize", model, "--out", out),
    /^model: .* where a text-to-image model is expected$/,
  );
  assertMatch(
    await refuse("models", "quantize", model, "--out", out, "--weights", "int4"),
    /^weights: "int4" where one of int8, none is expected$/,
  );
  const second = await writeTextToImage(join(folder.path, "II"), "II");
  assertMatch(
    await refuse("models", "quantize", second, "--out", out),
    /^first: none where the model whose pictures it enlarges is expected \(since none names .*II\)$/,
  );
  assertMatch(
    await refuse("models", "quantize", second, "--out", out, "--first", second),
    /^first: ".*II" where a text-to-image model is expected$/,
  );
  assert(!(await namesIn(folder.path)).some((name) => name.includes("small")));
});

Deno.test("models quantize wants as much memory as it takes", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "I"), "I");
  const [all, weights] = [
    await quantizingBytes(model),
    await quantizingBytes(model, { activations: "none" }),
  ];
  // What is written is a byte for each weight; what is calibrated has four beside it.
  const { parameters } = JSON.parse(await succeed("models", "info", model, "--json"));
  assertEquals(weights, parameters);
  assert(all > 5 * weights);
  assertMemory(all, all);
  assertThrows(
    () => assertMemory(3e9, 1.25e9),
    ArgumentError,
    "model: one that takes 3.0 GB to quantise where one that takes less than the 1.3 GB that are free is expected",
  );
});
