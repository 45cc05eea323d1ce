import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { SafetensorsFile, writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { tensor } from "../../lib/tensor.ts";
import { DivergenceError } from "../../lib/training/divergence.ts";
import { CheckpointClock } from "../../recipes/checkpoint_clock.ts";
import { readLosses, readLossesTo } from "../../recipes/loss_log.ts";
import { loadRun } from "../../recipes/run_state.ts";
import { train } from "../../recipes/train.ts";
import { countSteps, digestOf, inFolder, noiseRun, noiseSettings } from "./noise_run.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

/** Writes a checkpoint with other metadata or vectors. */
async function change(
  path: string,
  edit: (run: Json, metadata: Record<string, string>, tensors: Record<string, Json>) => void,
): Promise<void> {
  const file = await SafetensorsFile.open(path);
  const tensors: Record<string, Json> = {};
  for (const name of file.tensors.keys()) tensors[name] = await file.read(name);
  const metadata: Record<string, string> = { ...file.metadata };
  const run = JSON.parse(metadata.run);
  const before = metadata.run;
  edit(run, metadata, tensors);
  if (metadata.run === before) metadata.run = JSON.stringify(run);
  await writeSafetensors(path, tensors, { metadata });
}

Deno.test("a log is never shorter than its checkpoint while a run resumes", () =>
  inFolder(async (folder) => {
    const out = `${folder}/run`;
    await countSteps(noiseRun(out, { maxSteps: 5 }));
    const whole = await Deno.readTextFile(`${out}/loss.jsonl`);
    const { rename } = Deno;
    const written: string[] = [];
    Deno.rename = async (from, to) => {
      if (String(to).endsWith("loss.jsonl")) written.push(await Deno.readTextFile(from));
      await rename(from, to);
    };
    try {
      await countSteps(noiseRun(out, { resume: true, maxSteps: 6 }));
    } finally {
      Deno.rename = rename;
    }
    assertEquals(written, [whole]);
  }));

Deno.test("what differs from the run is told by its name, with both values", () =>
  inFolder(async (folder) => {
    const out = `${folder}/run`;
    await countSteps(noiseRun(out, { maxSteps: 1 }));
    const other = (more: Record<string, unknown>) =>
      noiseRun(out, { resume: true, settings: { ...noiseSettings, ...more } });
    const cases = [
      [noiseRun(out, { resume: true, seed: 4 }), /^seed: 4 where 3 is expected \(with .*\)$/],
      [other({ width: 8 }), /^width: 8 where 4 is expected \(with .*\)$/],
      [other({ epochs: 3 }), /^epochs: 3 where 2 is expected \(with .*\)$/],
      // Whatever else is wrong with it.
      [other({ batch: 9 }), /^batch: 9 where 8 is expected \(with .*\)$/],
      [other({ learningRate: 0.1 }), /^learningRate: 0.1 where 0.001 is expected \(with .*\)$/],
      [other({ size: 32 }), /^size: 32 where none is expected \(with .*\)$/],
    ] as const;
    for (const [options, expected] of cases) {
      const error = await assertRejects(() => countSteps(options), RangeError);
      assertMatch(error.message, expected);
    }
  }));

Deno.test("a checkpoint from when microbatches were called shares goes on to the same bits", () =>
  inFolder(async (folder) => {
    const [out, whole] = [`${folder}/run`, `${folder}/whole`];
    await countSteps(noiseRun(whole));
    await countSteps(noiseRun(out, { maxSteps: 3 }));
    await change(`${out}/checkpoint.safetensors`, ({ identity: { settings } }) => {
      settings.shares = settings.microbatches;
      delete settings.microbatches;
    });
    assertEquals(await countSteps(noiseRun(out, { resume: true })), 7);
    assertEquals(
      await digestOf(`${out}/checkpoint.safetensors`),
      await digestOf(`${whole}/checkpoint.safetensors`),
    );
  }));

Deno.test("every field of a checkpoint is checked", () =>
  inFolder(async (folder) => {
    const out = `${folder}/run`;
    const path = `${out}/checkpoint.safetensors`;
    await countSteps(noiseRun(out, { maxSteps: 3 }));
    const good = await Deno.readFile(path);
    const cases: [Parameters<typeof change>[1], RegExp][] = [
      [(_, metadata) => metadata.step = "x", /"step" is "x" where a whole number from 0 to 10/],
      [(_, metadata) => metadata.step = "NaN", /"step" is "NaN"/],
      [(_, metadata) => metadata.step = "-1", /"step" is "-1"/],
      [(_, metadata) => metadata.step = "1e3", /"step" is "1e3"/],
      [(_, metadata) => metadata.step = "11", /"step" is "11" where a whole number from 0 to 10/],
      [(_, metadata) => metadata.step = "4", /"step" is 4 where the place in the data/],
      [(_, metadata) => delete metadata.step, /no "step" and "run"/],
      [(_, metadata) => metadata.run = "{", /"run" is no JSON/],
      [(_, metadata) => metadata.run = "[]", /"run" is \[\]/],
      [(_, metadata) => metadata.run = "null", /"run" is null/],
      [(run) => delete run.identity, /"identity" is missing/],
      [(run) => run.identity.recipe = 3, /"recipe" is 3 where a text/],
      [(run) => run.identity.seed = "x", /"seed" is "x"/],
      [(run) => run.identity.seed = 0.5, /"seed" is 0.5/],
      [(run) => run.identity.classes = -1, /"classes" is -1/],
      [(run) => run.identity.pictures = 7, /"pictures" is 7 where a whole number of at least 8/],
      [(run) => run.identity.pictures = 39, /"count" is 40 where 39/],
      [(run) => run.identity.fingerprint = {}, /"fingerprint" is \{\}/],
      [(run) => run.identity.settings = null, /"settings" is null/],
      [(run) => run.identity.settings.epochs = 0, /"epochs" is 0 where a whole number from 1 to 100000/],
      [(run) => run.identity.settings.batch = 4, /"batch" is 8 where 4/],
      [(run) => run.identity.settings.learningRate = 1e30, /"learningRate" is 1e\+30 where a number from/],
      [
        (run) => run.identity.settings.microbatches = 3,
        /"microbatches" is 3 where a divisor of the batch, 8,/,
      ],
      [(run) => run.identity.settings.shares = 3, /"shares" is 3 where a divisor of the batch, 8,/],
      [(run) => run.identity.settings.shares = 0, /"shares" is 0 where a whole number from 1/],
      [(run) => run.identity.settings.width = "4", /"width" is "4"/],
      [(run) => run.identity.settings.size = 1e9, /"size" is 1000000000/],
      [(run) => run.generator.words[5] = -1, /generator: state\.words\[5\]: -1 where/],
      [(run) => run.generator.words.pop(), /generator: state.words: 623 numbers/],
      [(run) => run.generator.words = { length: 624 }, /"words" is .* where a list/],
      [(run) => run.generator.index = 700, /generator: state.index: 700/],
      [(run) => run.generator.cachedNormal = "x", /generator: state\.cachedNormal: "x" where/],
      [(run) => delete run.generator.cachedNormal, /"cachedNormal" is missing/],
      [(run) => run.batches.generator = 1, /"generator" is 1/],
      [(run) => run.batches.generator.index = -1, /batches: generator: state.index: -1/],
      [(run) => run.batches.epoch = -1, /"epoch" is -1/],
      [(run) => run.batches.index = 6, /"index" is 6 where a whole number from 0 to 5/],
      [(run) => run.batches.index = 2, /"step" is 3 where the place in the data/],
      [(_run, _m, tensors) => delete tensors.v, /tensor "v" is missing/],
      [(_run, _m, tensors) => tensors.m.data[3] = NaN, /tensor "m" holds NaN where finite numbers/],
      [(_run, _m, tensors) => tensors.v.data[3] = -1, /tensor "v" holds -1 where finite numbers from 0/],
      [(_run, _m, tensors) => tensors.average.data[0] = Infinity, /tensor "average" holds Infinity/],
      [
        (_run, _m, tensors) => tensors.average = tensor(new Float32Array(7), [7]),
        /tensor "average" is F32 of shape \[7\] where F32 of shape \[\d+\]/,
      ],
      [
        (_run, _m, tensors) => tensors.bufferAverage = tensor(new Float32Array(0), [0]),
        /tensor "bufferAverage" is F32 of shape \[0\]/,
      ],
      [
        (_run, _m, tensors) => tensors.parameters.shape = [1, tensors.parameters.data.length],
        /tensor "parameters" is F32 of shape/,
      ],
      [
        (_run, _m, tensors) => {
          for (const name of ["parameters", "m", "v", "average"]) {
            tensors[name] = tensor(new Float32Array(7), [7]);
          }
        },
        /parameters has 7 values where \d+ are expected \(as in this network\)/,
      ],
    ];
    for (const [edit, expected] of cases) {
      await change(path, edit);
      const damaged = await digestOf(path);
      const error = await assertRejects(() => countSteps(noiseRun(out, { resume: true })), Error);
      assertMatch(error.message, expected);
      assert(!error.message.includes("\n") && /expected/.test(error.message), error.message);
      assert(!(error instanceof TypeError || error instanceof SyntaxError), error.message);
      assertEquals(await digestOf(path), damaged);
      await Deno.writeFile(path, good);
    }
    assertEquals((await loadRun(path)).training.step, 3);
    assertEquals(await countSteps(noiseRun(out, { resume: true })), 7);
  }));

Deno.test("a damaged log is told by its line; what a kill left at its end is cut off", () =>
  inFolder(async (folder) => {
    const path = `${folder}/loss.jsonl`;
    const line = (step: Json, more = {}) =>
      JSON.stringify({ step, loss: 1, gradientNorm: 1, epoch: 1, learningRate: 1, ...more }) + "\n";
    const cases: [string, RegExp][] = [
      [line(1) + "x\n" + line(3), /line 2 is "x" where a step's numbers/],
      [line(1) + "3\n" + line(3), /line 2 is "3" where/],
      [line(1) + line("x") + line(3), /line 2: "step" is "x"/],
      [line(1) + line(2, { loss: null }) + line(3), /line 2: "loss" is null/],
      [line(1) + line(3) + line(4), /line 2: "step" is 3 where 2 is expected/],
      [line(1) + line(2), /2 lines where the checkpoint's 3 are expected/],
      [line(1) + line(2) + line(3).slice(0, 20), /2 lines where the checkpoint's 3/],
    ];
    for (const [text, expected] of cases) {
      await Deno.writeTextFile(path, text);
      const error = await assertRejects(() => readLossesTo(path, 3), Error);
      assertMatch(error.message, expected);
    }
    await Deno.writeTextFile(path, line(1) + line(2) + line(3) + line(4) + '{"st');
    assertEquals((await readLossesTo(path, 3)).map(({ step }) => step), [1, 2, 3]);
    assertEquals((await readLosses(path)).length, 4);
  }));

Deno.test("a training that diverges stops, and keeps the last good checkpoint", () =>
  inFolder(async (folder) => {
    const out = `${folder}/run`;
    const recipe = noiseRun(out).recipe;
    let fed = 0;
    const bad: typeof recipe = {
      ...recipe,
      plan: (settings, data) => {
        const plan = recipe.plan(settings, data);
        return {
          ...plan,
          feeds: async (batch, generator) => {
            const feeds = await plan.feeds(batch, generator);
            if (++fed > 7) (feeds.x.data as Float32Array)[0] = NaN;
            return feeds;
          },
        };
      },
    };
    const error = await assertRejects(
      () => countSteps(noiseRun(out, { recipe: bad })),
      DivergenceError,
      "loss: NaN at step 8 where a finite number is expected",
    );
    assertMatch(error.message, /checkpoint\.safetensors holds step 5, the last good one/);
    assertEquals((await loadRun(`${out}/checkpoint.safetensors`)).training.step, 5);
    assertEquals((await readLosses(`${out}/loss.jsonl`)).length, 7);
  }));

Deno.test("weights that a file cannot hold are not kept", () =>
  inFolder(async (folder) => {
    const out = `${folder}/run`;
    await countSteps(noiseRun(out, { maxSteps: 4 }));
    const path = `${out}/checkpoint.safetensors`;
    await change(path, (_run, _metadata, tensors) => tensors.average.data[0] = 1e30);
    const before = await digestOf(path);
    // The fifth step ends an epoch, at which the model is written.
    await assertRejects(
      () => countSteps(noiseRun(out, { resume: true })),
      DivergenceError,
      "at step 5 where numbers within ±65504 are expected",
    );
    assertEquals(await digestOf(path), before);
    await assertRejects(() => Deno.stat(`${out}/unet`), Deno.errors.NotFound);
  }));

Deno.test("weights to start from that are none are refused before there is a folder", () =>
  inFolder(async (folder) => {
    await countSteps(noiseRun(`${folder}/run`, { settings: { ...noiseSettings, epochs: 1 } }));
    const from = `${folder}/run/unet/diffusion_pytorch_model.safetensors`;
    const file = await SafetensorsFile.open(from);
    const tensors: Record<string, Json> = {};
    for (const name of file.tensors.keys()) tensors[name] = await file.read(name);
    tensors["inp.a.conv.weight"].data[0] = NaN;
    await writeSafetensors(from, tensors);
    const out = `${folder}/other`;
    await assertRejects(
      () => countSteps(noiseRun(out, { from })),
      RangeError,
      'tensor "inp.a.conv.weight" holds NaN where numbers within ±65504 are expected',
    );
    await assertRejects(() => Deno.stat(out), Deno.errors.NotFound);
  }));

Deno.test("settings out of their bounds are refused, before there is a folder", () =>
  inFolder(async (folder) => {
    const out = `${folder}/run`;
    for (const name of ["epochs", "batch", "learningRate", "microbatches", "width", "size"] as const) {
      for (const value of [NaN, -1, 0, 1e308, Infinity]) {
        const settings = { ...noiseSettings, [name]: value };
        const error = await assertRejects(() => countSteps(noiseRun(out, { settings })), RangeError);
        assertMatch(
          error.message,
          new RegExp(`^${name}: ${String(value).replace("+", "\\+")} where .* expected`),
        );
      }
    }
    for (const seed of [NaN, 0.5, 1e308]) {
      await assertRejects(() => countSteps(noiseRun(out, { seed })), RangeError, `seed: ${seed} where`);
    }
    for (const maxSteps of [NaN, 0, -1, 1e308]) {
      await assertRejects(() => countSteps(noiseRun(out, { maxSteps })), RangeError, `maxSteps: ${maxSteps}`);
    }
    const wide = { ...noiseSettings, width: 4096 };
    await assertRejects(
      () => countSteps(noiseRun(out, { settings: wide })),
      RangeError,
      "width: 4096, which makes",
    );
    await assertRejects(() => Deno.stat(out), Deno.errors.NotFound);
  }));

Deno.test("the largest seed trains", () =>
  inFolder(async (folder) => {
    assertEquals(await countSteps(noiseRun(`${folder}/run`, { seed: 2 ** 53 - 1, maxSteps: 1 })), 1);
  }));

Deno.test("a run can be resumed from its start on", () =>
  inFolder(async (folder) => {
    await countSteps(noiseRun(`${folder}/whole`));
    const out = `${folder}/killed`;
    // Leaving the loop is what a kill leaves behind; a file that was being written too.
    for await (const _ of train(noiseRun(out))) break;
    await Deno.writeTextFile(`${out}/checkpoint.safetensors.${crypto.randomUUID()}.tmp`, "part");
    await Deno.writeTextFile(`${out}/loss.jsonl.0123abcd.tmp`, "part");
    assertEquals(await countSteps(noiseRun(out, { resume: true })), 10);
    for (const file of ["checkpoint.safetensors", "loss.jsonl", "unet/diffusion_pytorch_model.safetensors"]) {
      assertEquals(await digestOf(`${out}/${file}`), await digestOf(`${folder}/whole/${file}`), file);
    }
    const names = (await Array.fromAsync(Deno.readDir(out), ({ name }) => name)).sort();
    assertEquals(names.filter((name) => name.endsWith(".tmp")), []);
  }));

Deno.test("the first checkpoint is due within half a minute, and later ones every five", () => {
  for (const stepTime of [10, 900, 4000]) {
    const clock = new CheckpointClock(0);
    const saved: number[] = [];
    for (let now = stepTime; now < 3600e3; now += stepTime) {
      if (!clock.isDue(now, stepTime)) continue;
      saved.push(now);
      clock.saved(now);
    }
    assert(saved[0] <= 30e3, `${saved[0]}`);
    assert(saved[1] <= 60e3, `${saved[1]}`);
    assert(saved.every((at, n) => n === 0 || at - saved[n - 1] <= 300e3));
    assert(saved.length < 20, "not more often than need be");
  }
});
