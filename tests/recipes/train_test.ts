import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { SafetensorsFile } from "../../lib/checkpoints/safetensors.ts";
import { readLosses } from "../../recipes/loss_log.ts";
import { findRecipe, recipes } from "../../recipes/mod.ts";
import { cosineRate } from "../../lib/training/learning_rate.ts";
import { train } from "../../recipes/train.ts";
import {
  countSteps as steps,
  digestOf as bytes,
  inFolder,
  noisePictures,
  noiseRun as options,
} from "./noise_run.ts";

const files = ["checkpoint.safetensors", "loss.jsonl", "unet/diffusion_pytorch_model.safetensors"];

Deno.test("a run that stops and resumes ends bit for bit as one that does not", () =>
  inFolder(async (folder) => {
    assertEquals(await steps(options(`${folder}/whole`)), 10);
    // Stopped within an epoch, at its end, and by a signal.
    const parts = `${folder}/parts`;
    assertEquals(await steps(options(parts, { maxSteps: 3 })), 3);
    assertEquals(await steps(options(parts, { maxSteps: 5, resume: true })), 2);
    const stop = new AbortController();
    for await (const { step } of train(options(parts, { resume: true, signal: stop.signal }))) {
      if (step === 7) stop.abort();
    }
    assertEquals(await steps(options(parts, { resume: true })), 3);
    for (const file of files) {
      assertEquals(await bytes(`${parts}/${file}`), await bytes(`${folder}/whole/${file}`), file);
    }
  }));

Deno.test("a run that is killed goes on from its last checkpoint, and the log has every step once", () =>
  inFolder(async (folder) => {
    await steps(options(`${folder}/whole`));
    const out = `${folder}/killed`;
    // Leaving the loop without its end is what a kill leaves behind: no checkpoint after that of the first epoch.
    for await (const { step } of train(options(out))) if (step === 8) break;
    await Deno.writeTextFile(`${out}/loss.jsonl`, '{"step":6,"loss":0.', { append: true });
    assertEquals(await steps(options(out, { resume: true })), 5);
    for (const file of files) {
      assertEquals(await bytes(`${out}/${file}`), await bytes(`${folder}/whole/${file}`), file);
    }
    assertEquals((await readLosses(`${out}/loss.jsonl`)).map(({ step }) => step), [
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      10,
    ]);
  }));

Deno.test("every recipe for digits trains, lowers its loss and writes its model", () =>
  inFolder(async (folder) => {
    for (const recipe of recipes.filter(({ name }) => name.startsWith("mnist"))) {
      const out = `${folder}/${recipe.name}`;
      const settings = { epochs: 6, batch: 20, microbatches: 2, learningRate: 3e-3, width: 4 };
      await steps(options(out, { recipe, settings }));
      const losses = await readLosses(`${out}/loss.jsonl`);
      assertEquals(losses.length, 12);
      assertLess(losses.slice(-3).reduce((sum, line) => sum + line.loss, 0), 3 * losses[0].loss, recipe.name);
      const { weights, configs } = recipe.plan(settings, noisePictures()).files;
      const file = await SafetensorsFile.open(`${out}/${Object.keys(weights)[0]}`);
      assert([...file.tensors.values()].every(({ dtype }) => dtype === "F16"));
      for (const [path, config] of Object.entries(configs)) {
        assertEquals(JSON.parse(await Deno.readTextFile(`${out}/${path}`)), config);
      }
    }
  }));

Deno.test("from given weights, with fresh moments", () =>
  inFolder(async (folder) => {
    await steps(options(`${folder}/first`));
    const from = `${folder}/first/${files[2]}`;
    await steps(options(`${folder}/second`, { from, maxSteps: 1 }));
    const [first] = await readLosses(`${folder}/first/loss.jsonl`);
    const [second] = await readLosses(`${folder}/second/loss.jsonl`);
    assertLess(second.loss, first.loss);
    const other = options(`${folder}/third`, {
      from,
      settings: { epochs: 1, batch: 8, microbatches: 2, learningRate: 1e-3, width: 8 },
    });
    await assertRejects(() => steps(other), RangeError, 'weights: "inp.a.conv.weight" has shape [4,1,3,3]');
  }));

Deno.test("what a run refuses", () =>
  inFolder(async (folder) => {
    const out = `${folder}/run`;
    await steps(options(out, { maxSteps: 1 }));
    await assertRejects(() => steps(options(out)), RangeError, "holds a run");
    await assertRejects(() => steps(options(`${folder}/none`, { resume: true })), RangeError, "resume");
    await assertRejects(() => Deno.stat(`${folder}/none`), Deno.errors.NotFound);
    const recipe = findRecipe("mnist-time");
    await assertRejects(
      () => steps(options(out, { resume: true, recipe })),
      RangeError,
      "recipe mnist-class",
    );
    const settings = { epochs: 2, batch: 8, microbatches: 2, learningRate: 1e-3, width: 8 };
    await assertRejects(() => steps(options(out, { resume: true, settings })), RangeError, "width 4");
    await assertRejects(() => steps(options(out, { resume: true, seed: 4 })), RangeError, "seed 3");
    const { labels: _l, classes: _c, ...unlabelled } = noisePictures();
    await assertRejects(
      () => steps(options(`${folder}/u`, { data: unlabelled })),
      RangeError,
      "data: no classes",
    );

    const running = train(options(out, { resume: true }));
    await running.next();
    await assertRejects(() => steps(options(out, { resume: true })), Error, "no other training");
    await running.return();

    const whole = await Deno.readFile(`${out}/checkpoint.safetensors`);
    await Deno.writeFile(`${out}/checkpoint.safetensors`, whole.subarray(0, whole.length - 100));
    await assertRejects(() => steps(options(out, { resume: true })), Error, "checkpoint.safetensors");
  }));

Deno.test("the learning rate follows half a cosine", () => {
  assertEquals(cosineRate(2, 0, 10), 2);
  assertEquals(cosineRate(2, 5, 10), 1);
  assertLess(cosineRate(2, 10, 10), 1e-12);
});
