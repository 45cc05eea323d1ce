import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { SafetensorsFile, writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { Generator } from "../../lib/random.ts";
import type { LabelledPictureSet } from "../../recipes/data/dataset.ts";
import { readLosses } from "../../recipes/loss_log.ts";
import { findRecipe, recipes } from "../../recipes/mod.ts";
import { cosineRate, warmupStableDecayRate } from "../../recipes/learning_rate.ts";
import { DivergenceError, train, type TrainOptions } from "../../recipes/train.ts";

/** Forty random pictures of two classes: enough to see whether a run goes the same way twice. */
function noisePictures(): LabelledPictureSet {
  const count = 40;
  const generator = new Generator(7);
  const images = Uint8Array.from(generator.rand([count * 28 * 28]).data, (u) => u * 255);
  return {
    images,
    labels: images.slice(0, count).map((b) => b % 2),
    count,
    channels: 1,
    size: 28,
    classes: ["a", "b"],
  };
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function options(out: string, more: Partial<TrainOptions> = {}): TrainOptions {
  const recipe = findRecipe("mnist-class");
  const settings = { epochs: 2, batch: 8, shares: 2, learningRate: 1e-3, width: 4 };
  return { recipe, settings, data: noisePictures(), seed: 3, out, ...more };
}

async function steps(options: TrainOptions): Promise<number> {
  let count = 0;
  for await (const _ of train(options)) count++;
  return count;
}

async function bytes(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}

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
      const settings = { epochs: 6, batch: 20, shares: 2, learningRate: 3e-3, width: 4 };
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
      settings: { epochs: 1, batch: 8, shares: 2, learningRate: 1e-3, width: 8 },
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
      "recipe: mnist-time where mnist-class",
    );
    const settings = { epochs: 2, batch: 8, shares: 2, learningRate: 1e-3, width: 8 };
    await assertRejects(
      () => steps(options(out, { resume: true, settings })),
      RangeError,
      "width: 8 where 4",
    );
    await assertRejects(() => steps(options(out, { resume: true, seed: 4 })), RangeError, "seed: 4 where 3");
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

Deno.test("a rate with warm-up, a flat part and a decay: the same whatever the length until the decay begins", () => {
  const rate = (step: number, steps: number) => warmupStableDecayRate(2, step, steps);
  assertEquals([rate(0, 1000), rate(99, 1000), rate(199, 1000), rate(799, 1000)], [0.01, 1, 2, 2]);
  // A quarter of the decay is half of the way down, by the square root.
  assertEquals(rate(850, 1000), 1);
  assertEquals(rate(1000, 1000), 0);
  for (let step = 0; step < 800; step += 50) assertEquals(rate(step, 1000), rate(step, 9000));
});

Deno.test("a run with a flat rate may be made longer; one with a cosine may not", () =>
  inFolder(async (folder) => {
    const recipe = { ...findRecipe("mnist-class"), schedule: "warmup-stable-decay" } as const;
    const longer = (out: string, more: Partial<TrainOptions> = {}) => {
      const base = options(out, more);
      return { ...base, recipe, settings: { ...base.settings, epochs: 4 } };
    };
    const [whole, parts] = [`${folder}/whole`, `${folder}/parts`];
    await steps(longer(whole));
    await steps({ ...options(parts, { maxSteps: 7 }), recipe });
    assertEquals(await steps(longer(parts, { resume: true })), 13);
    assertEquals(
      await bytes(`${parts}/checkpoint.safetensors`),
      await bytes(`${whole}/checkpoint.safetensors`),
    );
    const cosine = `${folder}/cosine`;
    await steps(options(cosine, { maxSteps: 1 }));
    const epochs = { ...options(cosine, { resume: true }).settings, epochs: 4 };
    const error = await assertRejects(
      () => steps({ ...options(cosine, { resume: true }), settings: epochs }),
      RangeError,
    );
    assertEquals(error.message, "epochs: 4 where 2 is expected, with which the run was started");
  }));

Deno.test("a checkpoint stands after the first step", () =>
  inFolder(async (folder) => {
    for await (const _ of train(options(`${folder}/run`))) break;
    assertEquals(await steps(options(`${folder}/run`, { resume: true })), 9);
  }));

Deno.test("training that diverges stops, and keeps the last good checkpoint", () =>
  inFolder(async (folder) => {
    const out = `${folder}/run`;
    await steps(options(out, { maxSteps: 4 }));
    const recipe = findRecipe("mnist-class");
    const broken = {
      ...recipe,
      plan: (...args: Parameters<typeof recipe.plan>) => {
        const plan = recipe.plan(...args);
        let count = 0;
        const feeds: typeof plan.feeds = async (batch, generator) => {
          const made = await plan.feeds(batch, generator);
          if (++count === 2) {
            Object.values(made).forEach(({ data }) => data instanceof Float32Array && data.fill(NaN));
          }
          return made;
        };
        return { ...plan, feeds };
      },
    };
    const error = await assertRejects(
      () => steps({ ...options(out, { resume: true }), recipe: broken }),
      DivergenceError,
    );
    const found = "learning-rate: 0.001, by which the loss was NaN at step 6";
    assertEquals(
      error.message,
      `${found}, where a smaller one is expected; the checkpoint of step 5 is kept`,
    );
    assertEquals(await steps(options(out, { resume: true })), 5);
  }));

Deno.test("the log is never empty while a run resumes", () =>
  inFolder(async (folder) => {
    const out = `${folder}/run`;
    await steps(options(out, { maxSteps: 6 }));
    const log = `${out}/loss.jsonl`;
    const size = (await Deno.stat(log)).size;
    let smallest = Infinity;
    using watcher = Deno.watchFs(out);
    const watching = (async () => {
      for await (const _ of watcher) {
        smallest = Math.min(smallest, (await Deno.stat(log).catch(() => ({ size: 0 }))).size);
      }
    })();
    await steps(options(out, { resume: true }));
    watcher.close();
    await watching;
    assert(smallest >= size, `${smallest} bytes where at least ${size} are expected`);
  }));

Deno.test("metadata of a checkpoint that are damaged are refused by what they are", () =>
  inFolder(async (folder) => {
    const out = `${folder}/run`;
    await steps(options(out, { maxSteps: 3 }));
    const path = `${out}/checkpoint.safetensors`;
    const file = await SafetensorsFile.open(path);
    const tensors = Object.fromEntries(
      await Promise.all([...file.tensors.keys()].map(async (name) => [name, await file.read(name)])),
    );
    const { step, run } = file.metadata;
    const parsed = JSON.parse(run);
    const change = (edit: (value: typeof parsed) => void) => {
      const copy = structuredClone(parsed);
      edit(copy);
      return { step, run: JSON.stringify(copy) };
    };
    const cases: [Record<string, string>, string][] = [
      [{ step: "x", run }, 'step "x" where a whole number'],
      [{ step: "NaN", run }, 'step "NaN" where a whole number'],
      [{ step: "-1", run }, 'step "-1" where a whole number'],
      [{ step: "4", run }, "step 4 where 3"],
      [{ step, run: "{" }, "its metadata are damaged (run"],
      [change((value) => delete value.generator), "run.generator"],
      [change((value) => value.generator.index = 1e9), "run.generator"],
      [change((value) => value.batches.epoch = 7), "step 3 where 38"],
      [change((value) => value.batches.count = 7), "batches.count 7 where 40"],
      [change((value) => value.identity.settings.width = "4"), "run.identity.settings.width"],
    ];
    for (const [metadata, expected] of cases) {
      await writeSafetensors(path, tensors, { metadata });
      const error = await assertRejects(() => steps(options(out, { resume: true })), Error);
      assert(error.message.startsWith("resume: ") && error.message.includes(expected), error.message);
    }
    const parameters = { ...tensors.parameters, data: tensors.parameters.data.map(() => NaN) };
    await writeSafetensors(path, { ...tensors, parameters }, { metadata: file.metadata });
    await assertRejects(
      () => steps(options(out, { resume: true })),
      Error,
      "parameters with numbers that are not finite",
    );
  }));
