import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { lastStep, sampleToEnd } from "../../lib/diffusion/sample.ts";
import { type SamplerName, samplers } from "../../lib/diffusion/samplers/mod.ts";
import { openMnistModel } from "../../lib/models/mnist.ts";
import {
  digitSampler,
  digitTimesteps,
  sampleDigits,
  type SampleDigitsOptions,
} from "../../lib/pipelines/sample_digits.ts";
import { slice } from "../../lib/tensor.ts";
import { schedulerConfig, temporaryFolder, writeJson, writePipeline } from "../models/checkpoints.ts";

async function open(classes: number, scheduler: Record<string, unknown> = {}) {
  await using folder = await temporaryFolder();
  await writePipeline(folder.path, classes);
  await writeJson(join(folder.path, "scheduler/scheduler_config.json"), { ...schedulerConfig, ...scheduler });
  return await openMnistModel(folder.path);
}

const short: SampleDigitsOptions = { seed: 7, numInferenceSteps: 3 };

Deno.test("the same seed gives the same pictures, with every sampler", async () => {
  await using model = await open(10);
  for (const sampler of Object.keys(samplers) as SamplerName[]) {
    const draw = (seed: number) => sampleToEnd(sampleDigits(model, [4, 2], { ...short, sampler, seed }));
    const first = await draw(7);
    assertEquals(first.shape, [2, 1, 28, 28]);
    assertEquals(first.data.every(Number.isFinite), true);
    assertEquals(await draw(7), first);
    assertNotEquals(await draw(8), first);
  }
});

Deno.test("a picture's start does not depend on how many there are", async () => {
  await using model = await open(10);
  const first = async (labels: number[]) => {
    const { prediction } = await lastStep(sampleDigits(model, labels, { ...short, numInferenceSteps: 1 }));
    return slice(prediction.noise, 0, 1).data;
  };
  const [alone, among] = [await first([4]), await first([4, 2, 9])];
  assertEquals(alone.every((value, i) => Math.abs(value - among[i]) < 1e-4), true);
});

Deno.test("guidance scales 0 and 1 are the formula's, at half the cost", async () => {
  await using model = await open(10);
  const draw = (labels: (number | null)[], guidanceScale: number) =>
    sampleToEnd(sampleDigits(model, labels, { ...short, guidanceScale }));
  const near = async (a: Promise<{ data: Float32Array }>, b: Promise<{ data: Float32Array }>) => {
    const [x, y] = [(await a).data, (await b).data];
    return x.every((value, i) => Math.abs(value - y[i]) <= 1e-3 * (1 + Math.abs(y[i])));
  };
  assertEquals(await near(draw([3], 1), draw([3], 1 + 1e-9)), true);
  assertEquals(await near(draw([3], 0), draw([null], 5)), true);
  assertNotEquals(await draw([3], 1), await draw([3], 5));
});

Deno.test("clipping is to the range of the network's pictures", async () => {
  await using model = await open(0, { clip_sample: true });
  const { x0 } = await lastStep(sampleDigits(model, [null], short));
  assertEquals(x0.data.every((value) => value >= 0 && value <= 1), true);
});

Deno.test("steps begin at the noisiest timestep, up to as many as there are", async () => {
  await using model = await open(0);
  for (const sampler of Object.keys(samplers) as SamplerName[]) {
    for (const count of [1, 20, 299, 300]) {
      const timesteps = digitTimesteps(model, sampler, count);
      assertEquals([timesteps.length, timesteps[0]], [count, 299]);
    }
    for (const count of [0, 301, 1.5, NaN]) {
      assertThrows(
        () => digitTimesteps(model, sampler, count),
        RangeError,
        `steps: ${count} where a whole number from 1 to 300 is expected`,
      );
    }
  }
  assertThrows(
    () => digitTimesteps(model, "rk4" as SamplerName, 5),
    RangeError,
    'sampler: "rk4" where one of ddpm, ddim, ',
  );
});

Deno.test("a signal stops the sampling, and unknown classes never start it", async () => {
  await using model = await open(10);
  const controller = new AbortController();
  let steps = 0;
  const run = async () => {
    for await (const _ of sampleDigits(model, [1], { ...short, signal: controller.signal })) {
      if (++steps === 2) controller.abort(new Error("enough"));
    }
  };
  await assertRejects(run, Error, "enough");
  assertEquals(steps, 2);
  await assertRejects(() => sampleToEnd(sampleDigits(model, [10], short)), RangeError, "conditions: 10");
  await assertRejects(() => sampleToEnd(sampleDigits(model, [], short)), RangeError, "labels");
});

Deno.test("a folder's class is the sampler of its digits, DDPM's aside, and its settings are obeyed", async () => {
  const solver = { _class_name: "DPMSolverMultistepScheduler" };
  const cases: [Record<string, unknown>, SamplerName][] = [
    [{ _class_name: "DDPMScheduler" }, "dpm-solver++"],
    [{ _class_name: "DDIMScheduler" }, "ddim"],
    [solver, "dpm-solver++"],
  ];
  for (const [scheduler, sampler] of cases) {
    await using model = await open(10, scheduler);
    assertEquals(digitSampler(model), sampler);
    const own = await sampleToEnd(sampleDigits(model, [4], short));
    assertEquals(own, await sampleToEnd(sampleDigits(model, [4], { ...short, sampler })));
  }
  const end = async (scheduler: Record<string, unknown>) => {
    await using model = await open(10, scheduler);
    return await sampleToEnd(sampleDigits(model, [4], { ...short, numInferenceSteps: 5 }));
  };
  const usual = await end(solver);
  for (const settings of [{ solver_order: 3 }, { solver_type: "heun" }, { final_sigmas_type: "sigma_min" }]) {
    assertNotEquals(await end({ ...solver, ...settings }), usual);
  }
  assertNotEquals(
    await end({ _class_name: "DDIMScheduler", set_alpha_to_one: false }),
    await end({ _class_name: "DDIMScheduler" }),
  );
  assertNotEquals(await end({ ...solver, use_karras_sigmas: true }), usual);
  await using model = await open(10, { ...solver, solver_order: 4 });
  const draw = (sampler?: SamplerName) => sampleToEnd(sampleDigits(model, [4], { ...short, sampler }));
  await assertRejects(() => draw(), CheckpointError, '"solver_order" is 4 where one of 1, 2, 3 is expected');
  assertEquals((await draw("ddim")).shape, [1, 1, 28, 28]);
});
