/** The algorithms against cases whose answer is known in closed form. */
import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { sample, sampleToEnd } from "../../lib/diffusion/sample.ts";
import {
  createSampler,
  ddim,
  ddpm,
  dpmSolverPlusPlus2M,
  heun,
  type SamplerName,
  samplerNames,
  samplerRegistrations,
  samplers,
} from "../../lib/diffusion/samplers/mod.ts";
import {
  alphaBar,
  cosineSchedule,
  linearSchedule,
  type NoiseSchedule,
} from "../../lib/diffusion/schedule.ts";
import { clip } from "../../lib/diffusion/threshold.ts";
import { dpmSolverTimesteps, leadingTimesteps, stridedTimesteps } from "../../lib/diffusion/timesteps.ts";
import type { Denoiser, Sampler, SamplerStep } from "../../lib/diffusion/types.ts";
import { Generator } from "../../lib/random.ts";
import { full, map, type Tensor, tensor } from "../../lib/tensor.ts";
import { maxDifference } from "./fixtures.ts";

/** Normally distributed data, for which the best possible denoiser is known: it is linear. */
const MEAN = 0.3;
const DEVIATION = 0.5;

function idealDenoiser(schedule: NoiseSchedule): Denoiser {
  return ({ x }, t) => ({
    queries: [],
    answer() {
      const signal = alphaBar(schedule, t);
      const factor = Math.sqrt(1 - signal) / variance(signal);
      return { noise: map(x, (value) => factor * (value - Math.sqrt(signal) * MEAN)) };
    },
  });
}

const variance = (signal: number) => signal * DEVIATION ** 2 + 1 - signal;

/** The probability flow keeps the number of standard deviations that a value is away from the mean. */
function exactFlow(x: Tensor, from: number, to: number): Tensor {
  const scale = Math.sqrt(variance(to) / variance(from));
  return map(x, (value) => Math.sqrt(to) * MEAN + scale * (value - Math.sqrt(from) * MEAN));
}

const noNoise = () => {
  throw new Error("no noise is expected to be drawn");
};

/** How far a sampler with a stride is off the probability flow, which it follows from timestep 900 to 100. */
async function flowError(sampler: Sampler, schedule: NoiseSchedule, stride: number): Promise<number> {
  const start = tensor(Float32Array.of(-2, -1, -0.1, 0, 0.5, 3), [6, 1]);
  const timesteps = stridedTimesteps(900, stride);
  for await (
    const { x, tNext } of sample(idealDenoiser(schedule), {
      sampler,
      timesteps,
      start,
      schedule,
      noise: noNoise,
    })
  ) {
    if (tNext === 100) {
      return maxDifference(x, exactFlow(start, alphaBar(schedule, 900), alphaBar(schedule, 100)));
    }
  }
  throw new Error(`${stride} does not divide 800`);
}

const schedules = { linear: linearSchedule(), cosine: cosineSchedule() };

for (const [name, schedule] of Object.entries(schedules)) {
  Deno.test(`DDIM approaches the exact probability flow in the first order, ${name} schedule`, async () => {
    const [coarse, fine] = [await flowError(ddim(), schedule, 10), await flowError(ddim(), schedule, 5)];
    assertLess(fine, 0.01);
    assertAlmostEquals(coarse / fine, 2, 0.05);
    assertAlmostEquals(await flowError(dpmSolverPlusPlus2M({ order: 1 }), schedule, 10), coarse, 5e-6);
  });

  Deno.test(`DPM-Solver++ approaches it in the second, ${name} schedule`, async () => {
    for (const solverType of ["midpoint", "heun"] as const) {
      const sampler = dpmSolverPlusPlus2M({ solverType });
      const [coarse, fine] = [await flowError(sampler, schedule, 10), await flowError(sampler, schedule, 5)];
      assertLess(fine, 2e-4);
      // The linear schedule's midpoint error is that of single precision already.
      if (coarse > 1e-4) assertLess(fine, coarse / 3);
    }
  });

  Deno.test(`Heun's method approaches it in the second, ${name} schedule`, async () => {
    const [coarse, fine] = [await flowError(heun(), schedule, 40), await flowError(heun(), schedule, 20)];
    assertLess(fine, 5e-3);
    assertLess(fine, coarse / 3);
    // With as many evaluations as DDIM it is much nearer.
    assertLess(fine, (await flowError(ddim(), schedule, 10)) / 4);
  });

  Deno.test(`DPM-Solver++ reaches the clean picture in few steps, ${name} schedule`, async () => {
    const start = tensor(Float32Array.of(-2, 0.5, 3), [3, 1]);
    const timesteps = dpmSolverTimesteps(50, schedule);
    const sampler = dpmSolverPlusPlus2M();
    const x = await sampleToEnd(
      sample(idealDenoiser(schedule), { sampler, timesteps, start, schedule, noise: noNoise }),
    );
    assertLess(maxDifference(x, exactFlow(start, alphaBar(schedule, timesteps[0]), 1)), 0.01);
  });
}

for (const [name, sampler] of Object.entries({ ddpm: ddpm(), "ddim of eta 1": ddim({ eta: 1 }) })) {
  Deno.test(`${name} samples the distribution of the data`, async () => {
    const schedule = cosineSchedule();
    const generator = new Generator(3);
    const noise = (shape: readonly number[]) => generator.randn(shape);
    const timesteps = stridedTimesteps(995, 5);
    const start = noise([4096, 1]);
    const { data } = await sampleToEnd(
      sample(idealDenoiser(schedule), { sampler, timesteps, start, schedule, noise }),
    );
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
    assertAlmostEquals(mean, MEAN, 0.025);
    assertAlmostEquals(deviation, DEVIATION, 0.025);
  });
}

Deno.test("noise is drawn once a step, and none that is not used", async () => {
  const schedule = cosineSchedule();
  const draws = async (sampler: Sampler, timesteps: number[]) => {
    const shapes: (readonly number[])[] = [];
    const noise = (shape: readonly number[]) => (shapes.push(shape), full(shape, 0));
    const start = full([2, 1, 2, 2], 0);
    await sampleToEnd(sample(idealDenoiser(schedule), { sampler, timesteps, start, schedule, noise }));
    for (const shape of shapes) assertEquals(shape, start.shape);
    return shapes.length;
  };
  assertEquals(await draws(ddpm(), leadingTimesteps(5)), 4);
  assertEquals(await draws(ddpm(), [900, 500]), 2);
  assertEquals(await draws(ddim(), leadingTimesteps(5)), 0);
  assertEquals(await draws(ddim({ eta: 0.5 }), leadingTimesteps(5)), 4);
  assertEquals(await draws(ddim({ eta: 0.5 }), [900, 500]), 1);
});

/** A step whose clean picture was thresholded, so that it disagrees with the noise estimate. */
function clippedStep(): SamplerStep {
  const x = full([1, 1, 1, 1], 2);
  return {
    x,
    x0: clip()(x),
    prediction: { noise: full(x.shape, 0) },
    t: 500,
    tNext: 400,
    index: 0,
    count: 9,
    history: [],
    evaluate: (x) => Promise.resolve({ prediction: { noise: full(x.shape, 0) }, x0: clip()(x) }),
  };
}

Deno.test("DDIM computes the noise again from the thresholded picture, unless it is told not to", async () => {
  const schedule = cosineSchedule();
  const [now, next] = [alphaBar(schedule, 500), alphaBar(schedule, 400)];
  const kept = await ddim({ useClippedModelOutput: false })(clippedStep(), schedule, noNoise);
  assertAlmostEquals(kept.data[0], Math.sqrt(next), 1e-6);
  const again = await ddim()(clippedStep(), schedule, noNoise);
  const noise = (2 - Math.sqrt(now)) / Math.sqrt(1 - now);
  assertAlmostEquals(again.data[0], Math.sqrt(next) + Math.sqrt(1 - next) * noise, 1e-6);
});

Deno.test("samplers are made by name", async () => {
  const schedule = cosineSchedule();
  const step = clippedStep();
  for (const name of Object.keys(samplers) as SamplerName[]) {
    const x = await createSampler(name)(step, schedule, (shape) => full(shape, 0));
    assertEquals(x, await samplers[name]()(step, schedule, (shape) => full(shape, 0)));
  }
  const made = await createSampler("ddim", { eta: 0 })(step, schedule, noNoise);
  assertEquals(made, await ddim()(step, schedule, noNoise));
  const name = "rk4" as SamplerName;
  assertThrows(
    () => createSampler(name),
    RangeError,
    'name: "rk4" where one of ddpm, ddim, deis, dpm-sde, dpm-solver++, ',
  );
  assertThrows(() => createSampler("toString" as SamplerName), RangeError, "name: ");
});

Deno.test("samplers name the option that is wrong", () => {
  assertThrows(() => ddpm({ variance: "small" as "fixed_small" }), RangeError, 'variance: "small" where');
  assertThrows(() => ddim({ eta: 1.5 }), RangeError, "eta: 1.5 where");
  assertThrows(() => dpmSolverPlusPlus2M({ order: 4 as 2 }), RangeError, "order: 4 where");
  assertThrows(() => dpmSolverPlusPlus2M({ solverType: "rk4" as "heun" }), RangeError, 'solverType: "rk4"');
  const finalSigmas = "one" as "zero";
  assertThrows(() => dpmSolverPlusPlus2M({ finalSigmas }), RangeError, 'finalSigmas: "one" where');
  const learned = ddpm({ variance: "learned_range" });
  const schedule = cosineSchedule();
  assertThrows(() => learned(clippedStep(), schedule, noNoise), RangeError, "prediction has no variance");
  const prediction = { noise: full([1, 1, 1, 1], 0), variance: full([1, 2, 1, 1], 0) };
  assertThrows(
    () => learned({ ...clippedStep(), prediction }, schedule, noNoise),
    RangeError,
    "prediction.variance: shape [1,2,1,1]",
  );
});

Deno.test("samplers are listed by the year of their papers, and make themselves for a scheduler", () => {
  const years = samplerNames.map((name) => samplerRegistrations[name].year);
  assertEquals(years, years.toSorted());
  assertEquals(samplerNames.slice(0, 4), ["ddpm", "ddim", "deis", "dpm-sde"]);
  const { title, configure, visits } = samplerRegistrations["dpm-solver++"];
  const settings = { schedule: cosineSchedule(1000), spacing: "leading", variance: "fixed_small" } as const;
  assertEquals([title, samplerRegistrations.ddim.takesEta], ["DPM-Solver++", true]);
  // Runs of 15 steps and more keep their order to the end.
  assertEquals(
    [14, 15].map((steps) => configure!(settings, { eta: 0, steps })),
    [{ lowerOrderFinal: true }, { lowerOrderFinal: false }],
  );
  // The start is not so noisy as the scheduler's own.
  const trailing = { ...settings, spacing: "trailing" } as const;
  const [all, clipped] = [trailing, { ...trailing, lambdaMin: -5.1 }].map((s) => visits!(10, s).timesteps[0]);
  assertEquals(all, 999);
  assertLess(clipped, all);
});

Deno.test("solvers in sigma leave out what is noisier than the configuration allows, and no more", () => {
  const settings = { schedule: cosineSchedule(), lambdaMin: -5.1 } as const;
  for (const name of ["euler", "euler-ancestral", "heun", "dpm2", "dpm2-ancestral", "lms"] as const) {
    const first = (spacing: "leading" | "linspace" | "trailing", lambdaMin?: number) =>
      samplerRegistrations[name].visits!(10, { ...settings, spacing, lambdaMin }).timesteps[0];
    assertEquals((["leading", "linspace", "trailing"] as const).map((spacing) => first(spacing)), [
      900,
      999,
      999,
    ]);
    assertEquals(first("trailing", -5.1), 995);
    assertEquals(first("linspace", -5.1), 995);
    // Nothing of it is too noisy.
    assertEquals(first("leading", -5.1), 900);
  }
});

Deno.test("the guide has a row for every sampler", async () => {
  const guide = await Deno.readTextFile(new URL("../../docs/samplers.md", import.meta.url));
  const rows = [...guide.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
  assertEquals(rows.toSorted(), [...samplerNames].toSorted());
});
