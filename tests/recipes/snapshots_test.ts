import {
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { SafetensorsFile } from "../../lib/checkpoints/safetensors.ts";
import { releaseModel } from "../../recipes/release_model.ts";
import { listSnapshots, snapshotFolder } from "../../recipes/snapshots.ts";
import type { TrainOptions } from "../../recipes/train.ts";
import { countSteps, digestOf, inFolder, noiseRun, noiseSettings } from "./noise_run.ts";

const FILE = "unet/diffusion_pytorch_model.safetensors";

const tracking = (out: string, powerAverages: readonly number[], more: Partial<TrainOptions> = {}) =>
  noiseRun(out, { settings: { ...noiseSettings, epochs: 4, powerAverages }, ...more });

async function values(path: string): Promise<Record<string, Float32Array>> {
  const file = await SafetensorsFile.open(path);
  const found: Record<string, Float32Array> = {};
  for (const name of file.tensors.keys()) found[name] = (await file.read(name)).data;
  return found;
}

Deno.test("a run keeps snapshots of its averages, of which a release makes one of another width", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`;
    const long = (out: string, powerAverages: readonly number[], more: Partial<TrainOptions> = {}) =>
      noiseRun(out, {
        settings: {
          ...noiseSettings,
          epochs: 10,
          batch: 2,
          microbatches: 1,
          learningRate: 0.05,
          powerAverages,
        },
        ...more,
      });
    assertEquals(await countSteps(long(run, [0.05, 0.1], { maxSteps: 70 })), 70);
    assertEquals(await countSteps(long(run, [0.05, 0.1], { resume: true })), 130);
    const steps = Array.from({ length: 10 }, (_, n) => 20 * (n + 1));
    const expected = steps.flatMap((step) => [0.05, 0.1].map((sigmaRel) => ({ step, sigmaRel })));
    assertEquals(await listSnapshots(run), expected);

    // Stopped and resumed, the averages are bit for bit those of a run that was not.
    const whole = `${folder}/whole`;
    await countSteps(long(whole, [0.05, 0.1, 0.07]));
    for (const sigmaRel of [0.05, 0.1]) {
      const [a, b] = [run, whole].map((folder) => `${snapshotFolder(folder, 200, sigmaRel)}/${FILE}`);
      assertEquals(await digestOf(a), await digestOf(b));
    }

    const out = `${folder}/model`;
    const measure = () => Promise.resolve([{ command: "this", result: { mse: 1 } }]);
    const facts = { run, out, measure, date: "2026-01-31", commit: "abc1234" };
    await releaseModel({ ...facts, sigmaRel: 0.07 });
    const made = await values(`${out}/${FILE}`);
    const direct = await values(`${snapshotFolder(whole, 200, 0.07)}/${FILE}`);
    const own = await values(`${run}/epoch-10/${FILE}`);
    assertEquals(Object.keys(made), Object.keys(own));
    const apart = (a: typeof made, b: typeof made) =>
      Math.sqrt(
        Object.keys(a).flatMap((name) => [...a[name]].map((v, i) => (v - b[name][i]) ** 2)).reduce((s, v) =>
          s + v
        ),
      );
    const nearest = await values(`${snapshotFolder(run, 200, 0.05)}/${FILE}`);
    assertLess(apart(made, direct), 0.5 * apart(nearest, direct));
    assertStringIncludes(await Deno.readTextFile(`${out}/README.md`), "of relative width 0.07");

    // Of an average that was tracked, its own snapshot.
    await releaseModel({ ...facts, sigmaRel: 0.1 });
    const tracked = await values(`${snapshotFolder(run, 200, 0.1)}/${FILE}`);
    for (const [name, data] of Object.entries(await values(`${out}/${FILE}`))) {
      data.forEach((value, i) => assertAlmostEquals(value, tracked[name][i], 1e-3));
    }
    await assertRejects(
      () => releaseModel({ ...facts, sigmaRel: 0.5 }),
      RangeError,
      "sigmaRel: 0.5 where a number from",
    );
  }));

Deno.test("averages belong to a run: others are refused, snapshots from after where it goes on are removed", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`;
    await countSteps(tracking(run, [0.05, 0.1], { maxSteps: 4 }));
    const others = tracking(run, [0.05], { resume: true });
    await assertRejects(
      () => countSteps(others),
      RangeError,
      "powerAverages: 0.05 where 0.05,0.1 is expected (with which",
    );
    await Deno.mkdir(snapshotFolder(run, 99, 0.05), { recursive: true });
    await countSteps(tracking(run, [0.05, 0.1], { resume: true }));
    assertEquals((await listSnapshots(run)).map(({ step }) => step), [5, 5, 10, 10, 15, 15, 20, 20]);

    const plain = `${folder}/plain`;
    await countSteps(noiseRun(plain));
    const measure = () => Promise.resolve([]);
    const facts = { run: plain, out: `${folder}/model`, measure, date: "", commit: "", sigmaRel: 0.1 };
    await assertRejects(() => releaseModel(facts), RangeError, "has no snapshots of averages after step 10");
  }));

Deno.test("widths that are none are refused", () =>
  inFolder(async (folder) => {
    for (const widths of [[], [0], [-1], [NaN], [1e308], [0.1, 0.1], [0.05, 0.06, 0.07, 0.08, 0.09]]) {
      await assertRejects(() => countSteps(tracking(folder, widths)), RangeError, "powerAverages: ");
    }
  }));
