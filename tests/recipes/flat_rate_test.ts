import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readLosses } from "../../recipes/loss_log.ts";
import type { TrainOptions } from "../../recipes/train.ts";
import { countSteps, digestOf, inFolder, noiseRun, noiseSettings } from "./noise_run.ts";

const flat = (out: string, epochs: number, more: Partial<TrainOptions> = {}) =>
  noiseRun(out, {
    settings: { ...noiseSettings, epochs, learningRateSchedule: "warmup-stable-decay" },
    ...more,
  });

const files = ["checkpoint.safetensors", "loss.jsonl", "unet/diffusion_pytorch_model.safetensors"];

async function assertSame(a: string, b: string): Promise<void> {
  for (const file of files) {
    assertEquals(await digestOf(`${a}/${file}`), await digestOf(`${b}/${file}`), file);
  }
}

Deno.test("a run with a flat rate is made longer, before its decay and after its end", () =>
  inFolder(async (folder) => {
    await countSteps(flat(`${folder}/whole`, 4));
    // Its decay begins after step 8 of 10.
    await countSteps(flat(`${folder}/stopped`, 2, { maxSteps: 7 }));
    assertEquals(await countSteps(flat(`${folder}/stopped`, 4, { resume: true })), 13);
    await assertSame(`${folder}/stopped`, `${folder}/whole`);

    const ended = `${folder}/ended`;
    await countSteps(flat(ended, 2));
    const rates = (await readLosses(`${ended}/loss.jsonl`)).map(({ learningRate }) => learningRate);
    assertEquals(rates.length, 10);
    assertEquals(await countSteps(flat(ended, 4, { resume: true })), 12);
    await assertSame(ended, `${folder}/whole`);
  }));

Deno.test("a run that is in its decay cannot be made shorter, one by a cosine not at all longer", () =>
  inFolder(async (folder) => {
    const out = `${folder}/run`;
    await countSteps(flat(out, 4, { maxSteps: 9 }));
    const error = await assertRejects(() => countSteps(flat(out, 2, { resume: true })), RangeError);
    assertMatch(error.message, /^epochs: 2 where 4 is expected \(with .*\)$/);
    const cosine = `${folder}/cosine`;
    await countSteps(noiseRun(cosine, { maxSteps: 1 }));
    const longer = { settings: { ...noiseSettings, epochs: 4 }, resume: true };
    await assertRejects(
      () => countSteps(noiseRun(cosine, longer)),
      RangeError,
      "epochs: 4 where 2 is expected",
    );
  }));

Deno.test("a recipe has a schedule of its own, and a run that goes on has its own again", () =>
  inFolder(async (folder) => {
    const { recipe } = noiseRun(folder);
    const out = `${folder}/run`;
    await countSteps(noiseRun(out, { recipe: { ...recipe, schedule: "warmup-stable-decay" }, maxSteps: 1 }));
    assertEquals((await readLosses(`${out}/loss.jsonl`))[0].learningRate, 1e-3 / 200);
    await countSteps(flat(`${folder}/other`, 2, { maxSteps: 1 }));
    const settings = { ...noiseSettings, learningRateSchedule: "cosine" } as const;
    await assertRejects(
      () => countSteps(noiseRun(`${folder}/other`, { settings, resume: true })),
      RangeError,
      "learningRateSchedule: cosine where warmup-stable-decay",
    );
  }));

Deno.test("a run with a constant rate is made longer at any time, but not shorter than it is", () =>
  inFolder(async (folder) => {
    const constant = (out: string, epochs: number, more: Partial<TrainOptions> = {}) =>
      noiseRun(out, {
        settings: { ...noiseSettings, epochs, learningRateSchedule: "constant", warmupSteps: 3 },
        ...more,
      });
    await countSteps(constant(`${folder}/whole`, 4));
    await countSteps(constant(`${folder}/longer`, 2));
    const rates = (await readLosses(`${folder}/longer/loss.jsonl`)).map(({ learningRate }) => learningRate);
    assertEquals(rates, [0.0003333333, 0.0006666667, ...Array(8).fill(1e-3)]);
    assertEquals(await countSteps(constant(`${folder}/longer`, 4, { resume: true })), 10);
    await assertSame(`${folder}/longer`, `${folder}/whole`);
    await assertRejects(
      () => countSteps(constant(`${folder}/longer`, 3, { resume: true })),
      RangeError,
      "epochs: 3 where 4 is expected",
    );
  }));

for (const optimizer of ["sgd", "lion"] as const) {
  Deno.test(`a run by ${optimizer} goes on as if it had not stopped`, () =>
    inFolder(async (folder) => {
      const by = (out: string, more: Partial<TrainOptions> = {}) =>
        noiseRun(out, { settings: { ...noiseSettings, optimizer }, ...more });
      await countSteps(by(`${folder}/whole`));
      await countSteps(by(`${folder}/stopped`, { maxSteps: 4 }));
      assertEquals(await countSteps(by(`${folder}/stopped`, { resume: true })), 6);
      await assertSame(`${folder}/stopped`, `${folder}/whole`);
    }));
}
