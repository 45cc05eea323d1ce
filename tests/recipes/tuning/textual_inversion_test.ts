/** Learned tokens of tiny pipelines: runs, their start, both stages. */
import { assertAlmostEquals, assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { readLearnedToken } from "../../../lib/checkpoints/learned_token.ts";
import { SafetensorsFile } from "../../../lib/checkpoints/safetensors.ts";
import { ArgumentError } from "../../../lib/errors.ts";
import { openTokenizer } from "../../../lib/text/mod.ts";
import { Generator } from "../../../lib/random.ts";
import { Trainer } from "../../../lib/training/trainer.ts";
import { Batches } from "../../../recipes/data/batches.ts";
import type { PictureSet } from "../../../recipes/data/dataset.ts";
import type { RecipeSettings } from "../../../recipes/recipe.ts";
import { train, type TrainOptions } from "../../../recipes/train.ts";
import {
  textualInversionRecipe,
  tokenSettings,
  type TokenTuning,
} from "../../../recipes/tuning/textual_inversion.ts";
import { openTunedEncoder } from "../../../recipes/tuning/tuned_encoder.ts";
import { tuningSettings } from "../../../recipes/tuning/tuning.ts";
import { digestOf, inFolder } from "../noise_run.ts";
import { tinyTuning, writePictures } from "./tiny_tuning.ts";

const FILE = "learned_embeds.safetensors";

/** A tiny pipeline that learns a token of two vectors. */
async function tokenTuning(
  folder: string,
  stage: "I" | "II" = "I",
  changes: Parameters<typeof tinyTuning>[2] = {},
): Promise<TokenTuning> {
  const { model } = await tinyTuning(folder, stage, changes);
  const words = { token: "<mine>", prompt: "a photo of <mine>", initializer: "the cat", vectors: 2 };
  return { model, encoder: await openTunedEncoder(model), ...words };
}

/** A run: two steps an epoch of four pictures. */
async function runOf(
  tuning: TokenTuning,
  folder: string,
  settings: Partial<RecipeSettings> = {},
): Promise<Omit<TrainOptions<PictureSet>, "out">> {
  const recipe = textualInversionRecipe(tuning);
  const own = { ...tuningSettings(tuning), ...tokenSettings(tuning) };
  return {
    recipe,
    data: await recipe.load({ folder }),
    settings: { ...recipe.defaults, epochs: 3, batch: 2, ...own, ...settings },
    seed: 4,
    threads: 1,
  };
}

async function stepsOf(options: TrainOptions<PictureSet>): Promise<number> {
  let count = 0;
  for await (const _ of train(options)) count++;
  return count;
}

Deno.test("a token's run that stops and resumes ends bit for bit as one that does not; the model's files stay", () =>
  inFolder(async (folder) => {
    const pictures = await writePictures(join(folder, "cats"), 4);
    const tuning = await tokenTuning(folder);
    const frozen = ["unet/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors"]
      .map((path) => join(folder, "model", path));
    const before = await Promise.all(frozen.map(digestOf));
    // Two workers, each with its half of a batch.
    const run = { ...await runOf(tuning, pictures, { microbatches: 2 }), threads: 2 };
    const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
    assertEquals(await stepsOf({ ...run, out: whole }), 6);
    assertEquals(await stepsOf({ ...run, out: parts, maxSteps: 3 }), 3);
    assertEquals(await stepsOf({ ...run, out: parts, resume: true }), 3);
    for (const file of ["checkpoint.safetensors", "loss.jsonl", FILE]) {
      assertEquals(await digestOf(join(parts, file)), await digestOf(join(whole, file)), file);
    }
    assertEquals(await Promise.all(frozen.map(digestOf)), before);
    const file = await SafetensorsFile.open(join(whole, FILE));
    assertEquals([...file.tensors.values()].map(({ name, dtype, shape }) => [name, dtype, [...shape]]), [
      ["<mine>", "F32", [2, 48]],
    ]);
    assertEquals(file.metadata, { format: "pt" });
    // Another word is another run.
    for (const [name, value, was] of [["token", "<other>", "<mine>"], ["vectors", 1, "2"]] as const) {
      const error = await assertRejects(
        () => stepsOf({ ...run, settings: { ...run.settings, [name]: value }, out: parts, resume: true }),
        ArgumentError,
      );
      assertEquals([error.argument, error.expected], [name, was]);
    }
  }));

Deno.test("a token begins as the mean of the pieces of its initializer", () =>
  inFolder(async (folder) => {
    const pictures = await writePictures(join(folder, "cats"), 2);
    const tuning = await tokenTuning(folder);
    const run = await runOf(tuning, pictures, { learningRate: 1e-10, epochs: 1, averageDecay: 0 });
    await stepsOf({ ...run, out: join(folder, "run") });
    const { rows } = await readLearnedToken(join(folder, "run"));
    const tokenizer = await openTokenizer(join(folder, "model", "tokenizer"));
    const table = await tuning.encoder.weights.read("shared.weight");
    const ids = tokenizer.encode("the cat");
    for (const [i, value] of rows.data.entries()) {
      const column = ids.map((id) => table.data[id * 48 + i % 48]);
      assertAlmostEquals(value, column.reduce((a, b) => a + b) / ids.length, 1e-6);
    }
  }));

Deno.test("a token is learned in stage II too, and whatever the network estimates", () =>
  inFolder(async (folder) => {
    const pictures = await writePictures(join(folder, "cats"), 2);
    for (const type of ["epsilon", "v_prediction"] as const) {
      const tuning = await tokenTuning(join(folder, type), "II", { scheduler: { prediction_type: type } });
      const { recipe, settings, data } = await runOf(tuning, pictures);
      const plan = recipe.plan(settings, data);
      const batches = new Batches(data, { batch: 2, generator: new Generator(0) });
      const feeds = await plan.feeds(batches.next(), new Generator(1));
      assertEquals(feeds.x.shape, [2, 6, 16, 16]);
      await using trainer = await Trainer.create(plan.objective(2), {
        generator: new Generator(2),
        folder: plan.frozen,
        threads: 1,
      });
      trainer.start(await plan.start!());
      const losses: number[] = [];
      for (let step = 0; step < 20; step++) losses.push((await trainer.step(feeds, 0.1)).loss);
      assertLess(losses[19], 0.995 * losses[0], type);
    }
  }));

Deno.test("a prompt without the token, or longer than what is heard, is refused", () =>
  inFolder(async (folder) => {
    const tuning = await tokenTuning(folder);
    for (const prompt of ["a cat", "a <mine>".padStart(200, "cat ")]) {
      const error = assertThrows(() => textualInversionRecipe({ ...tuning, prompt }), ArgumentError);
      assertEquals(error.argument, "prompt");
    }
    const nothing = assertThrows(
      () => textualInversionRecipe({ ...tuning, initializer: "<br>" }),
      ArgumentError,
    );
    assertEquals(nothing.argument, "initializer");
  }));
