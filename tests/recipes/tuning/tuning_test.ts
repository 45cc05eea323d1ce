import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { join } from "node:path";
import { readLora } from "../../../lib/checkpoints/lora.ts";
import { SafetensorsFile } from "../../../lib/checkpoints/safetensors.ts";
import { ArgumentError } from "../../../lib/errors.ts";
import { openDeepFloyd } from "../../../lib/models/deepfloyd.ts";
import { openModelFolder } from "../../../lib/models/model_folder.ts";
import { attentionProjections } from "../../../lib/nn/lora/mod.ts";
import { Generator } from "../../../lib/random.ts";
import type { Recipe, RecipeSettings } from "../../../recipes/recipe.ts";
import { Trainer } from "../../../lib/training/trainer.ts";
import { Batches } from "../../../recipes/data/batches.ts";
import { train, type TrainOptions } from "../../../recipes/train.ts";
import type { ConceptSet } from "../../../recipes/tuning/concept_set.ts";
import { fineTuneRecipe, readCopied } from "../../../recipes/tuning/fine_tune.ts";
import { LORA_FILE, loraRecipe } from "../../../recipes/tuning/lora.ts";
import { drawPrior } from "../../../recipes/tuning/prior_pictures.ts";
import { openTunedModel } from "../../../recipes/tuning/tuned_model.ts";
import { type Tuning, tuningSettings } from "../../../recipes/tuning/tuning.ts";
import { digestOf, inFolder } from "../noise_run.ts";
import { readTensors } from "../../models/deepfloyd_checkpoints.ts";
import { tinyTuning, writePictures } from "./tiny_tuning.ts";

/** A run of a recipe: two steps an epoch. */
async function runOf(
  recipe: Recipe<ConceptSet>,
  tuning: Tuning,
  folder: string,
  settings: Partial<RecipeSettings> = {},
): Promise<Omit<TrainOptions<ConceptSet>, "out">> {
  const data = await recipe.load({ folder });
  return {
    recipe,
    data,
    settings: {
      ...recipe.defaults,
      epochs: 3,
      batch: 2,
      learningRate: 1e-3,
      ...tuningSettings(tuning),
      ...settings,
    },
    seed: 4,
    threads: 1,
  };
}

async function stepsOf(options: TrainOptions<ConceptSet>): Promise<number> {
  let count = 0;
  for await (const _ of train(options)) count++;
  return count;
}

Deno.test("a LoRA's run that stops and resumes ends bit for bit as one that does not, with a prior", () =>
  inFolder(async (folder) => {
    const pictures = await writePictures(join(folder, "cats"), 4);
    const prior = { folder: await writePictures(join(folder, "others"), 3, 2), prompt: "an animal" };
    const tuning = await tinyTuning(folder, "I", { prior });
    const settings = { microbatches: 2, averageDecay: 0.9 };
    // Two workers, each with its half of a batch.
    const run = { ...await runOf(loraRecipe(tuning), tuning, pictures, settings), threads: 2 };
    const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
    assertEquals(await stepsOf({ ...run, out: whole }), 6);
    assertEquals(await stepsOf({ ...run, out: parts, maxSteps: 3 }), 3);
    assertEquals(await stepsOf({ ...run, out: parts, resume: true }), 3);
    for (const file of ["checkpoint.safetensors", "loss.jsonl", LORA_FILE]) {
      assertEquals(await digestOf(join(parts, file)), await digestOf(join(whole, file)), file);
    }
    // Another text is another run, and so is another model.
    const other = { ...run.settings, prompt: "a dog" };
    const error = await assertRejects(
      () => stepsOf({ ...run, settings: other, out: parts, resume: true }),
      ArgumentError,
    );
    assertEquals([error.argument, error.expected], ["prompt", "a cat"]);
    const elsewhere = { ...run.settings, base: "0".repeat(16) };
    const second = await assertRejects(
      () => stepsOf({ ...run, settings: elsewhere, out: parts, resume: true }),
      ArgumentError,
    );
    assertEquals(second.argument, "model");
  }));

Deno.test("a LoRA says its rank and its alpha, and changes what the network answers; the network's files stay", () =>
  inFolder(async (folder) => {
    const pictures = await writePictures(join(folder, "cats"), 4);
    const tuning = await tinyTuning(folder, "I");
    const weights = join(folder, "model", "unet", "diffusion_pytorch_model.safetensors");
    const before = await digestOf(weights);
    const run = await runOf(loraRecipe(tuning), tuning, pictures, {
      rank: 3,
      alpha: 6,
      targets: "to_q,to_out.0",
    });
    const out = join(folder, "run");
    await stepsOf({ ...run, out });
    assertEquals(await digestOf(weights), before);
    const lora = await readLora(out);
    assertEquals(lora.layers.size, 2 * 11);
    for (const [path, { down, alpha }] of lora.layers) {
      assertEquals([down.shape[0], alpha], [3, 6], path);
    }
    const answers = async (scale: number) => {
      await using model = await openDeepFloyd(join(folder, "model"), {
        textLength: tuning.model.textLength,
        loras: [{ lora, scale }],
        threads: 1,
      });
      const text = { data: new Generator(0).randn([20, 48]).data, shape: [20, 48] };
      const [condition] = await model.prepare([{ text }]);
      const x = new Generator(1).randn([1, 3, 16, 16]);
      const [{ noise }] = await model.run([{ model, input: { x }, t: 500, condition }]);
      return noise.data;
    };
    const [none, one] = [await answers(0), await answers(1)];
    assertGreater(Math.max(...none.map((value, i) => Math.abs(value - one[i]))), 1e-4);
  }));

Deno.test("stage II learns on low-resolution images with noise, and whatever the network estimates", () =>
  inFolder(async (folder) => {
    const pictures = await writePictures(join(folder, "cats"), 2);
    for (const type of ["epsilon", "v_prediction", "sample"] as const) {
      const tuning = await tinyTuning(join(folder, type), "II", { scheduler: { prediction_type: type } });
      const recipe = loraRecipe(tuning);
      const { settings, data } = await runOf(recipe, tuning, pictures, { rank: 8 });
      const plan = recipe.plan(settings, data);
      const batches = new Batches(data, { batch: 2, generator: new Generator(0) });
      const feeds = await plan.feeds(batches.next(), new Generator(1));
      const read = (name: string) => feeds[name].data as Float32Array;
      assertEquals(feeds.x.shape, [2, 6, 16, 16]);
      assert(read("noiseLevel").every((level) => level >= 0 && level < 500));
      // What is estimated and what is seen make the clean picture.
      const { schedule } = tuning.model.scheduler;
      for (const [n, t] of read("t").entries()) {
        const [signal, noise] = [
          Math.sqrt(schedule.alphasCumprod[t]),
          Math.sqrt(1 - schedule.alphasCumprod[t]),
        ];
        const x = read("x").subarray(n * 6 * 256, n * 6 * 256 + 3 * 256);
        const target = read("target").subarray(n * 3 * 256, (n + 1) * 3 * 256);
        const clean = x.map((value, i) => {
          if (type === "sample") return target[i];
          return type === "epsilon"
            ? (value - noise * target[i]) / signal
            : signal * value - noise * target[i];
        });
        const near = [0, 1].map((which) => {
          const bytes = data.images.subarray(which * 768, (which + 1) * 768);
          return Math.max(...clean.map((value, i) => Math.abs(value - (bytes[i] / 127.5 - 1))));
        });
        assertLess(Math.min(...near), 1e-3, `${type} ${t}`);
      }
      await using trainer = await Trainer.create(plan.objective(2), {
        generator: new Generator(2),
        folder: plan.frozen,
        threads: 1,
      });
      const losses: number[] = [];
      for (let step = 0; step < 12; step++) losses.push((await trainer.step(feeds, 1e-2)).loss);
      assertLess(losses[11], 0.95 * losses[0], type);
    }
  }));

Deno.test("fine-tuning writes a model that opens, begins from the model's weights and leaves the variance alone", () =>
  inFolder(async (folder) => {
    const pictures = await writePictures(join(folder, "cats"), 4);
    const tuning = await tinyTuning(folder, "I");
    const recipe = fineTuneRecipe(tuning, await readCopied(tuning.model));
    const run = await runOf(recipe, tuning, pictures, { learningRate: 1e-10, averageDecay: 0 });
    const out = join(folder, "run");
    await stepsOf({ ...run, out });
    const model = await openModelFolder(out);
    assertEquals(model.kind, "text-to-image");
    await openTunedModel(model);
    const file = await SafetensorsFile.open(join(out, "unet", "diffusion_pytorch_model.safetensors"));
    const golden = await readTensors("unet_I_tiny");
    assertEquals([...file.tensors.keys()].sort(), Object.keys(golden).sort());
    for (const [name, { data }] of Object.entries(golden)) {
      const found = (await file.read(name)).data;
      assertLess(Math.max(...found.map((value, i) => Math.abs(value - data[i]))), 2e-3, name); // fp16
    }
    // With a rate that moves weights, those of the estimate move, and those of the variance decay alone.
    const far = await runOf(recipe, tuning, pictures, { learningRate: 1e-2, averageDecay: 0 });
    await stepsOf({ ...far, out: join(folder, "far") });
    const moved = await SafetensorsFile.open(
      join(folder, "far", "unet", "diffusion_pytorch_model.safetensors"),
    );
    const { data } = await moved.read("conv_out.bias");
    const distance = (from: number, to: number) =>
      Math.max(
        ...data.slice(from, to).map((value, i) => Math.abs(value - golden["conv_out.bias"].data[from + i])),
      );
    assertGreater(distance(0, 3), 5e-3);
    assertLess(distance(3, 6), 1e-3);
  }));

Deno.test("a prior is drawn by the model itself, once", () =>
  inFolder(async (folder) => {
    const { model } = await tinyTuning(folder, "I");
    const prior = { prompt: "an animal", folder: join(folder, "prior") };
    const drawn: number[] = [];
    const options = { count: 3, threads: 1, onDrawn: (count: number) => drawn.push(count) };
    await drawPrior(model, prior, options);
    assertEquals(drawn, [3]);
    const first = await digestOf(join(prior.folder, "0001.png"));
    await Deno.remove(join(prior.folder, "0001.png"));
    await drawPrior(model, prior, options);
    assertEquals(drawn, [3, 3]);
    assertEquals(await digestOf(join(prior.folder, "0001.png")), first);
    await drawPrior(model, prior, options);
    assertEquals(drawn, [3, 3]);
  }));

Deno.test("targets that the network does not have are refused before there is a folder", () =>
  inFolder(async (folder) => {
    const pictures = await writePictures(join(folder, "cats"), 2);
    const tuning = await tinyTuning(folder, "I");
    const run = await runOf(loraRecipe(tuning), tuning, pictures, { targets: "to_q,to_nothing" });
    const error = await assertRejects(() => stepsOf({ ...run, out: join(folder, "run") }), ArgumentError);
    assertEquals([error.argument, error.found], ["targets", '"to_nothing"']);
    await assertRejects(() => Deno.stat(join(folder, "run")), Deno.errors.NotFound);
    assertEquals(attentionProjections.length, 6);
  }));

Deno.test("a LoRA's steps are the same bit for bit with activations computed again", () =>
  inFolder(async (folder) => {
    const pictures = await writePictures(join(folder, "cats"), 4);
    const tuning = await tinyTuning(folder, "I");
    const options = await runOf(loraRecipe(tuning), tuning, pictures);
    const [kept, again] = ["kept", "again"].map((name) => join(folder, name));
    await stepsOf({ ...options, out: kept });
    await stepsOf({ ...options, out: again, activationCheckpointing: true });
    assertEquals(await digestOf(join(again, LORA_FILE)), await digestOf(join(kept, LORA_FILE)));
  }));
