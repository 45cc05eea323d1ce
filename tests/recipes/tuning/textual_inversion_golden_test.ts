/**
 * A learned token against transformers and diffusers: `textual_inversion_io` was made with transformers 5.18, diffusers 0.40 (commit
 * 58eb52c) and PyTorch 2.13 from the tiny pipeline's encoder, whose table had two rows more, and the golden UNet of stage I: a token
 * of two vectors, two images, AdamW on these rows alone.
 */
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { join } from "node:path";
import { readLearnedToken } from "../../../lib/checkpoints/learned_token.ts";
import { writeSafetensors } from "../../../lib/checkpoints/safetensors.ts";
import { cosineSchedule } from "../../../lib/diffusion/mod.ts";
import { openModelFolder } from "../../../lib/models/model_folder.ts";
import { openSession } from "../../../lib/onnx/session.ts";
import { openTextToImage } from "../../../lib/pipelines/open_text_to_image.ts";
import { Generator } from "../../../lib/random.ts";
import type { Tensor } from "../../../lib/tensor.ts";
import { buildGradientGraph } from "../../../lib/training/gradient_graph.ts";
import { Trainer } from "../../../lib/training/trainer.ts";
import type { Plan } from "../../../recipes/recipe.ts";
import { conceptWeights, noisyFeeds } from "../../../recipes/tuning/denoising_loss.ts";
import { textualInversionRecipe } from "../../../recipes/tuning/textual_inversion.ts";
import { openTunedEncoder } from "../../../recipes/tuning/tuned_encoder.ts";
import { openTunedModel } from "../../../recipes/tuning/tuned_model.ts";
import { readTensors } from "../../models/deepfloyd_checkpoints.ts";
import { writeTextToImage } from "../../models/text_to_image_folder.ts";
import { difference } from "../../nn/deepfloyd.ts";
import { inFolder } from "../noise_run.ts";

const golden = await readTensors("textual_inversion_io");
const schedule = cosineSchedule(1000);
const TOKEN = "<mine>";
const PROMPT = `A photo of ${TOKEN}, on a table`;

/** The plan of a run of the golden step: the prompt and the token are those of PyTorch's. */
async function goldenPlan(folder: string): Promise<Plan> {
  const path = await writeTextToImage(join(folder, "model"), "I");
  const model = await openTunedModel(await openModelFolder(path), { threads: 1 });
  const encoder = await openTunedEncoder(model);
  const tuning = { model, encoder, prompt: PROMPT, token: TOKEN, initializer: "a photo", vectors: 2 };
  const recipe = textualInversionRecipe(tuning);
  const set = { count: 2, channels: 3, size: 16, images: new Uint8Array(2 * 3 * 16 * 16) };
  return recipe.plan(recipe.defaults, set as unknown as Parameters<typeof recipe.plan>[1]);
}

/** The golden step's inputs. */
function feeds(): Record<string, Tensor> {
  const { images, noise, t } = golden;
  return {
    ...noisyFeeds({ images, noise, steps: [...t.data] }, schedule, "epsilon"),
    weight: conceptWeights(2, undefined),
  };
}

Deno.test("a prompt with a learned token is encoded as by transformers with the rows in its table", () =>
  inFolder(async (folder) => {
    const path = await writeTextToImage(join(folder, "model"), "I");
    const file = join(folder, "learned_embeds.safetensors");
    await writeSafetensors(file, { [TOKEN]: golden.rows });
    const other = { path: "other", token: "<other>", rows: golden.gradient };
    const learnedTokens = [other, await readLearnedToken(file)]; // the first one is in no prompt
    await using pipeline = await openTextToImage(path, { threads: 1, learnedTokens });
    const text = await pipeline.encode([PROMPT]);
    assertLess(difference(text, golden.text), 1e-5);
    // Without its token a prompt is what it was, to the last bit, in whatever company.
    await using plain = await openTextToImage(path, { threads: 1 });
    const [before, after] = [await plain.encode(["a photo"]), await pipeline.encode(["a photo", PROMPT])];
    assertEquals(after.data.subarray(0, before.data.length), before.data);
    assertGreater(difference(await plain.encode([PROMPT]), golden.text), 0.1);
  }));

Deno.test("loss and gradient of a learned token are PyTorch's", () =>
  inFolder(async (folder) => {
    const plan = await goldenPlan(folder);
    const { graph, specs } = buildGradientGraph(plan.objective(2));
    assertEquals(specs.parameters.map(({ name, shape }) => [name, shape]), [[TOKEN, [2, 48]]]);
    await using session = await openSession(graph, { folder: plan.frozen, threads: 1, prepack: false });
    const { data } = golden.rows;
    const outputs = await session.run({ ...feeds(), parameters: { data, shape: [data.length] } });
    assertLess(Math.abs(outputs.loss.data[0] - golden.losses.data[0]), 1e-5);
    const scale = Math.max(...golden.gradient.data.map(Math.abs));
    const gradient = { data: outputs.gradient.data, shape: [2, 48] };
    assertLess(difference(gradient, golden.gradient) / scale, 1e-4);
  }));

Deno.test("three steps of AdamW on a learned token are PyTorch's", () =>
  inFolder(async (folder) => {
    const plan = await goldenPlan(folder);
    await using trainer = await Trainer.create(plan.objective(2), {
      generator: new Generator(0),
      weightDecay: 0.01,
      clipNorm: 1,
      folder: plan.frozen,
      prepack: false,
      threads: 1,
    });
    trainer.start({ [TOKEN]: golden.rows });
    for (const expected of golden.losses.data) {
      const { loss } = await trainer.step(feeds(), 5e-3);
      assertLess(Math.abs(loss - expected), 1e-5);
    }
    assertLess(difference(trainer.weights()[TOKEN], golden.after), 1e-4);
  }));

Deno.test("the gradient of a learned token is that of finite differences", () =>
  inFolder(async (folder) => {
    const plan = await goldenPlan(folder);
    const { graph } = buildGradientGraph(plan.objective(2));
    await using session = await openSession(graph, { folder: plan.frozen, threads: 1, prepack: false });
    const at = (data: Float32Array) =>
      session.run({ ...feeds(), parameters: { data, shape: [data.length] } });
    const start = golden.rows.data;
    const { gradient } = await at(start);
    // Along random directions: single numbers move the loss by less than it is rounded.
    for (const seed of [1, 2, 3]) {
      const { data: direction } = new Generator(seed).randn([start.length]);
      const moved = async (by: number) => {
        return (await at(start.map((value, i) => value + by * direction[i]))).loss.data[0];
      };
      const step = 1e-2;
      const slope = (await moved(step) - await moved(-step)) / (2 * step);
      const expected = gradient.data.reduce((sum, value, i) => sum + value * direction[i], 0);
      assertLess(Math.abs(slope - expected) / Math.hypot(...gradient.data), 3e-3);
    }
  }));
