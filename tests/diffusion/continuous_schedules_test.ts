/** Continuous schedules: their values, and every sampler over them against cases whose answer is known. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  cleanFromNoise,
  cleanFromPrediction,
  noiseFromClean,
  noiseFromPrediction,
  predictionFromNoise,
  predictionFromOutput,
  predictionTarget,
} from "../../lib/diffusion/prediction.ts";
import { denoiseOnce, sample, sampleToEnd } from "../../lib/diffusion/sample.ts";
import { ddim, ddpm, dpmSolverPlusPlus2M, heun } from "../../lib/diffusion/samplers/mod.ts";
import {
  addNoise,
  alpha,
  alphaBar,
  cosineSchedule,
  edmSchedule,
  flowSchedule,
  flowTimesteps,
  halfLogSnr,
  karrasTimesteps,
  linearSchedule,
  type NoiseSchedule,
  noiseVariance,
  shiftTimestep,
  sigma,
  snr,
  transitionVariance,
} from "../../lib/diffusion/schedule.ts";
import type { Denoiser, Model, PredictionType, Sampler } from "../../lib/diffusion/types.ts";
import { renoiseOriginal } from "../../lib/effects/renoise_original.ts";
import { Generator } from "../../lib/random.ts";
import { combine, full, map, type Tensor, tensor } from "../../lib/tensor.ts";
import { FakeModel, noCondition } from "./fake_model.ts";
import { maxDifference } from "./fixtures.ts";

const schedules = { edm: edmSchedule({ sigmaMin: 0.1, sigmaMax: 10 }), flow: flowSchedule() };
const types = ["epsilon", "v_prediction", "sample", "flow_prediction"] as const satisfies PredictionType[];

Deno.test("the scales of EDM and of flow matching", () => {
  const edm = edmSchedule();
  assertEquals([0, 0.002, 3.7, 80].map((t) => alpha(edm, t)), [1, 1, 1, 1]);
  assertEquals([0, 0.002, 3.7, 80].map((t) => sigma(edm, t)), [0, 0.002, 3.7, 80]);
  assertEquals([0, 2].map((t) => snr(edm, t)), [Infinity, 0.25]);
  assertAlmostEquals(halfLogSnr(edm, 2), -Math.log(2), 1e-15);
  const flow = flowSchedule(3);
  assertEquals([0, 0.25, 1].map((t) => alpha(flow, t)), [1, 0.75, 0]);
  assertEquals([0, 0.25, 1].map((t) => sigma(flow, t)), [0, 0.25, 1]);
  assertEquals([0, 0.5, 1].map((t) => halfLogSnr(flow, t)), [Infinity, 0, -Infinity]);
  assertEquals(structuredClone(flow), flow);
});

Deno.test("the scales of a discrete schedule are the roots of its table, and their squares the table itself", () => {
  for (const schedule of [linearSchedule(), cosineSchedule()]) {
    for (const [t, value] of schedule.alphasCumprod.entries()) {
      assertEquals(alpha(schedule, t), Math.sqrt(value));
      assertEquals(sigma(schedule, t), Math.sqrt(1 - value));
      // Exactly, or predictions of velocities would change in their last bit.
      assertEquals(alphaBar(schedule, t) + noiseVariance(schedule, t), 1);
    }
    assertEquals([alpha(schedule, -1), sigma(schedule, -1)], [1, 0]);
  }
});

Deno.test("the noise between two timesteps is what the later has more", () => {
  for (
    const [schedule, t, tNext] of [[schedules.edm, 4, 3], [schedules.flow, 0.8, 0.2], [
      cosineSchedule(),
      700,
      500,
    ]] as const
  ) {
    const ratio = alpha(schedule, t) / alpha(schedule, tNext);
    const all = ratio ** 2 * sigma(schedule, tNext) ** 2 + transitionVariance(schedule, t, tNext);
    assertAlmostEquals(all, sigma(schedule, t) ** 2, 1e-12);
  }
  assertEquals(transitionVariance(schedules.edm, 4, 3), 7);
});

Deno.test("Karras' timesteps are those of his equation 5", () => {
  // Evaluated in Python: (max ** (1 / 7) + k / 17 * (min ** (1 / 7) - max ** (1 / 7))) ** 7.
  const expected = [80, 57.585985, 40.785574, 28.374585, 19.352453, 12.910082, 8.400935, 5.315195, 3.256822];
  const found = karrasTimesteps(18, edmSchedule());
  expected.forEach((t, i) => assertAlmostEquals(found[i], t, 1e-6));
  assertEquals([found.length, found[17]], [18, 0.002]);
  assertEquals(karrasTimesteps(1, edmSchedule()), [80]);
  const even = karrasTimesteps(4, edmSchedule({ sigmaMin: 1, sigmaMax: 4 }), 1);
  assertLess(
    maxDifference(tensor(Float32Array.from(even), [4]), tensor(Float32Array.of(4, 3, 2, 1), [4])),
    1e-6,
  );
});

Deno.test("the timesteps of flow matching are those of diffusers, shifted", () => {
  // FlowMatchEulerDiscreteScheduler(shift=3).set_timesteps(sigmas=linspace(1, 1/4, 4)), as Flux calls it.
  const close = (found: number[], expected: number[]) => {
    assertEquals(found.length, expected.length);
    found.forEach((t, i) => assertAlmostEquals(t, expected[i], 1e-6));
  };
  close(flowTimesteps(4, flowSchedule(3)), [1, 0.9, 0.75, 0.5]);
  close(flowTimesteps(4, flowSchedule()), [1, 0.75, 0.5, 0.25]);
  // And set_timesteps(4): from sigma_max, 1, to sigma_min, itself shifted, as Stable Diffusion 3 calls it.
  close(flowTimesteps(4, flowSchedule(3), shiftTimestep(1 / 1000, 3)), [1, 0.8576923, 0.6021505, 0.0089286]);
  close(flowTimesteps(3, flowSchedule(), 1 / 1000), [1, 0.5005, 0.001]);
  assertEquals(flowTimesteps(1, flowSchedule(3)), [1]);
});

for (const schedule of [...Object.values(schedules), linearSchedule()]) {
  const name = "kind" in schedule ? schedule.kind : "linear";
  for (const type of types) {
    Deno.test(`${type} means the noise and the clean image that made it, ${name} schedule`, () => {
      const [x0, noise] = [1, 2].map((seed) => new Generator(seed).randn([2, 8]));
      for (const t of name === "linear" ? [20, 500] : name === "flow" ? [0.1, 0.5, 0.9] : [0.3, 1, 5]) {
        const x = addNoise(x0, noise, t, schedule);
        const output = predictionTarget(type, x0, noise, t, schedule);
        const tolerance = 4e-6 / Math.min(alpha(schedule, t), sigma(schedule, t));
        assertLess(maxDifference(noiseFromPrediction(type, output, x, t, schedule), noise), tolerance);
        assertLess(maxDifference(cleanFromPrediction(type, output, x, t, schedule), x0), tolerance);
        assertLess(maxDifference(predictionFromNoise(type, noise, x, t, schedule), output), tolerance);
        assertLess(maxDifference(noiseFromClean(x, x0, t, schedule), noise), tolerance);
      }
    });
  }
}

Deno.test("a flow's velocity says both at timestep 1, where noise alone leaves the image open", () => {
  const [x0, noise] = [1, 2].map((seed) => new Generator(seed).randn([2, 8]));
  const flow = schedules.flow;
  const x = addNoise(x0, noise, 1, flow);
  assertEquals(x, noise);
  const output = combine(1, noise, -1, x0);
  const found = predictionFromOutput("flow_prediction", output, x, 1, flow);
  assertEquals(found.noise, noise);
  assertLess(maxDifference(found.x0!, x0), 1e-6);
  assertThrows(() => cleanFromNoise(x, noise, 1, flow), RangeError, "t: 1 where a timestep with some signal");
  assertThrows(() => predictionFromNoise("flow_prediction", noise, x, 1, flow), RangeError, "t: 1 where");
  assertThrows(() => noiseFromClean(x, x0, 0, flow), RangeError, "t: 0 where");
});

Deno.test("a velocity over a variance-exploding schedule is that of the scaled image", () => {
  // diffusers, EulerDiscreteScheduler: x0 = v * (-sigma / sqrt(sigma^2 + 1)) + x / (sigma^2 + 1).
  const [x, v] = [1, 2].map((seed) => new Generator(seed).randn([8]));
  const expected = combine(-3 / Math.sqrt(10), v, 1 / 10, x);
  assertLess(maxDifference(cleanFromPrediction("v_prediction", v, x, 3, schedules.edm), expected), 1e-7);
});

/** Normally distributed data, for which the best possible denoiser is known: it is linear. */
const MEAN = 0.3;
const DEVIATION = 0.5;

function ideal(schedule: NoiseSchedule): Denoiser {
  return ({ x }, t) => ({
    queries: [],
    answer() {
      const [a, s] = [alpha(schedule, t), sigma(schedule, t)];
      const score = (value: number) => (value - a * MEAN) / ((a * DEVIATION) ** 2 + s ** 2);
      return {
        noise: map(x, (value) => s * score(value)),
        x0: map(x, (value) => MEAN + a * DEVIATION ** 2 * score(value)),
      };
    },
  });
}

/** The probability flow keeps the number of standard deviations that a value is away from the mean. */
function exactFlow(x: Tensor, schedule: NoiseSchedule, from: number, to: number): Tensor {
  const deviation = (t: number) => Math.hypot(alpha(schedule, t) * DEVIATION, sigma(schedule, t));
  const scale = deviation(to) / deviation(from);
  return map(x, (value) => alpha(schedule, to) * MEAN + scale * (value - alpha(schedule, from) * MEAN));
}

const noNoise = () => {
  throw new Error("no noise is expected to be drawn");
};

/** How far `count` steps are off the probability flow, at the last timestep but the clean one. */
async function flowError(sampler: Sampler, schedule: NoiseSchedule, timesteps: number[]): Promise<number> {
  const [first, last] = [timesteps[0], timesteps[timesteps.length - 1]];
  const start = map(tensor(Float32Array.of(-2, -1, -0.1, 0.5, 2), [5, 1]), (v) => v * sigma(schedule, first));
  for await (
    const { x, tNext } of sample(ideal(schedule), { sampler, timesteps, start, schedule, noise: noNoise })
  ) {
    if (tNext === last) return maxDifference(x, exactFlow(start, schedule, first, last));
  }
  throw new Error("the last timestep is not reached");
}

/** Two lists of which one has every other step of the other. */
const grids = {
  edm: [17, 33].map((count) => karrasTimesteps(count, schedules.edm)),
  flow: [17, 33].map((count) => flowTimesteps(count, schedules.flow, 0.1)),
};

for (const name of ["edm", "flow"] as const) {
  const schedule = schedules[name];
  const ratio = async (sampler: Sampler) => {
    const [coarse, fine] = await Promise.all(grids[name].map((list) => flowError(sampler, schedule, list)));
    return { ratio: coarse / fine, fine };
  };

  Deno.test(`each method approaches the exact probability flow in its order, ${name} schedule`, async () => {
    const euler = await ratio(ddim());
    assertLess(euler.fine, 0.04);
    assertAlmostEquals(euler.ratio, 2, 0.2);
    const one = await ratio(dpmSolverPlusPlus2M({ order: 1 }));
    assertAlmostEquals(one.fine, euler.fine, 1e-5);
    for (const sampler of [heun(), dpmSolverPlusPlus2M(), dpmSolverPlusPlus2M({ solverType: "heun" })]) {
      const second = await ratio(sampler);
      assertLess(second.fine, 5e-3);
      assertAlmostEquals(second.ratio, 4, 0.5);
    }
    const third = await ratio(dpmSolverPlusPlus2M({ order: 3 }));
    assertLess(third.fine, 1e-3);
    assertLess(5.5, third.ratio);
  });

  Deno.test(`each method ends at the clean image, ${name} schedule`, async () => {
    const timesteps = name === "edm"
      ? karrasTimesteps(60, edmSchedule({ sigmaMax: 10 }))
      : flowTimesteps(60, flowSchedule());
    const start = map(tensor(Float32Array.of(-2, 0.5, 3), [3, 1]), (v) => v * timesteps[0]);
    for (
      const [sampler, tolerance] of [[ddim(), 0.05], [heun(), 0.01], [dpmSolverPlusPlus2M(), 0.01]] as const
    ) {
      const x = await sampleToEnd(
        sample(ideal(schedule), { sampler, timesteps, start, schedule, noise: noNoise }),
      );
      assertLess(maxDifference(x, exactFlow(start, schedule, timesteps[0], 0)), tolerance);
    }
  });

  for (const [label, sampler] of Object.entries({ ddpm: ddpm(), "ddim of eta 1": ddim({ eta: 1 }) })) {
    Deno.test(`${label} samples the distribution of the data, ${name} schedule`, async () => {
      const generator = new Generator(3);
      let draws = 0;
      const noise = (shape: readonly number[]) => (draws++, generator.randn(shape));
      const timesteps = name === "edm"
        ? karrasTimesteps(100, edmSchedule({ sigmaMax: 10 }))
        : flowTimesteps(100, flowSchedule());
      const start = map(new Generator(4).randn([4096, 1]), (v) => v * timesteps[0]);
      const { data } = await sampleToEnd(
        sample(ideal(schedule), { sampler, timesteps, start, schedule, noise }),
      );
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
      assertAlmostEquals(mean, MEAN, 0.025);
      assertAlmostEquals(deviation, DEVIATION, 0.025);
      assertEquals(draws, timesteps.length - 1); // none on the last step
    });
  }
}

Deno.test("Euler over flow matching is the step of diffusers", async () => {
  // FlowMatchEulerDiscreteScheduler.step: prev_sample = sample + (sigma_next - sigma) * model_output.
  const velocity = (x: number, t: number) => Math.sin(2 * x) - t * x;
  const schedule = flowSchedule(3);
  const network: Denoiser = ({ x }, t) => ({
    queries: [],
    answer: () =>
      predictionFromOutput("flow_prediction", map(x, (value) => velocity(value, t)), x, t, schedule),
  });
  const timesteps = flowTimesteps(7, schedule);
  const start = new Generator(0).randn([2, 3, 4, 4]);
  let expected = start;
  for await (
    const { x, t, tNext } of sample(network, { sampler: ddim(), timesteps, start, schedule, noise: noNoise })
  ) {
    expected = map(expected, (value) => value + (tNext - t) * velocity(value, t));
    assertLess(maxDifference(x, expected), 4e-6);
  }
  // And scale_noise: sigma * noise + (1.0 - sigma) * sample.
  const [x0, noise] = [1, 2].map((seed) => new Generator(seed).randn([4]));
  assertEquals(addNoise(x0, noise, 0.75, schedule), combine(0.25, x0, 0.75, noise));
});

Deno.test("Heun's method over flow matching averages the velocities", async () => {
  // FlowMatchHeunDiscreteScheduler.step: sample + (sigma_next - sigma) * (derivative + derivative_next) / 2.
  const velocity = (x: number, t: number) => Math.sin(2 * x) - t * x;
  const schedule = flowSchedule();
  const network: Denoiser = ({ x }, t) => ({
    queries: [],
    answer: () =>
      predictionFromOutput("flow_prediction", map(x, (value) => velocity(value, t)), x, t, schedule),
  });
  const start = new Generator(0).randn([2, 3]);
  const timesteps = flowTimesteps(5, schedule);
  let expected = start;
  for await (
    const { x, t, tNext } of sample(network, { sampler: heun(), timesteps, start, schedule, noise: noNoise })
  ) {
    expected = map(expected, (value) => {
      const v = velocity(value, t);
      const h = tNext - t;
      return tNext === 0 ? value + h * v : value + h * (v + velocity(value + h * v, tNext)) / 2;
    });
    assertLess(maxDifference(x, expected), 4e-6);
  }
});

/** A network with a continuous schedule. */
function network(schedule: NoiseSchedule): Model {
  const model = new FakeModel(({ input }) => ({ noise: input.x, x0: input.x }));
  return {
    spec: { ...model.spec, schedule, predicts: "flow_prediction" },
    prepare: () => Promise.resolve([noCondition]),
    run: (queries) => model.run(queries),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const asked = (...models: Model[]): Denoiser => (input, t) => ({
  queries: models.map((model) => ({ model, input, t, condition: noCondition })),
  answer: ([first]) => first,
});

Deno.test("networks agree on a schedule, whatever the shift, or do not", async () => {
  const x = full([1, 2], 1);
  const { schedule } = await denoiseOnce(
    asked(network(flowSchedule(3)), network(flowSchedule())),
    { x },
    0.5,
  );
  assertEquals(schedule, flowSchedule(3));
  await denoiseOnce(asked(network(edmSchedule()), network(edmSchedule())), { x }, 50);
  for (const other of [edmSchedule(), linearSchedule()]) {
    await assertRejects(
      () => denoiseOnce(asked(network(flowSchedule()), network(other)), { x }, 1),
      RangeError,
      "networks of different noise schedules",
    );
  }
});

Deno.test("timesteps are held to the schedule before a network is asked", async () => {
  const x = full([1, 2], 1);
  const run = (timesteps: number[], schedule: NoiseSchedule) => {
    return sampleToEnd(
      sample(asked(network(schedule)), { sampler: ddim(), timesteps, start: x, noise: noNoise }),
    );
  };
  const { edm, flow } = schedules;
  await assertRejects(() => run([1.5, 1], flow), RangeError, "t: 1.5 where a number in (0, 1] is expected");
  await assertRejects(
    () => run([1, 1], flow),
    RangeError,
    "timesteps[1]: 1 where a number in (0, 1)",
  );
  await assertRejects(() => run([1, 0], flow), RangeError, "timesteps[1]: 0 where");
  await assertRejects(
    () => run([9, NaN], edm),
    RangeError,
    "timesteps[1]: NaN where a number in (0, 9)",
  );
  await assertRejects(() => run([11], edm), RangeError, "t: 11 where a number in (0, 10]");
  await assertRejects(
    () => run([5, 1.5], linearSchedule()),
    RangeError,
    "timesteps[1]: 1.5 where a whole",
  );
  assertThrows(() => alpha(flow, -1), RangeError, "t: -1 where a number in [0, 1]");
  assertThrows(() => sigma(edm, 10.5), RangeError, "t: 10.5 where a number in [0, 10]");
});

Deno.test("continuous schedules name the argument that is wrong", async () => {
  assertThrows(() => edmSchedule({ sigmaMin: 0 }), RangeError, "sigmaMin: 0 where");
  assertThrows(() => edmSchedule({ sigmaMin: 1, sigmaMax: 1 }), RangeError, "sigmaMax: 1 where");
  assertThrows(() => edmSchedule({ sigmaMax: Infinity }), RangeError, "sigmaMax: Infinity where");
  assertThrows(() => karrasTimesteps(0, edmSchedule()), RangeError, "count: 0 where");
  assertThrows(() => karrasTimesteps(3, edmSchedule(), 0.5), RangeError, "rho: 0.5 where");
  assertThrows(() => flowSchedule(0), RangeError, "shift: 0 where");
  assertThrows(() => flowTimesteps(1.5, flowSchedule()), RangeError, "count: 1.5 where");
  assertThrows(() => flowTimesteps(3, flowSchedule(), 1), RangeError, "last: 1 where");
  const options = { timesteps: [1], start: full([1, 2], 1), noise: noNoise };
  const run = (sampler: Sampler) =>
    sampleToEnd(sample(asked(network(schedules.flow)), { ...options, sampler }));
  await assertRejects(
    () => run(ddim({ setAlphaToOne: false })),
    RangeError,
    "setAlphaToOne: false where true",
  );
  const wrong = dpmSolverPlusPlus2M({ finalSigmas: "sigma_min" });
  await assertRejects(() => run(wrong), RangeError, 'finalSigmas: "sigma_min" where zero');
});

Deno.test("inpainting renoises the original by a continuous schedule, and ends at it", async () => {
  const schedule = flowSchedule();
  const [original, start] = [1, 2].map((seed) => new Generator(seed).randn([1, 1, 2, 2]));
  const mask = tensor(Float32Array.of(1, 1, 0, 0), [1, 1, 2, 2]);
  const draws = full([1, 1, 2, 2], 0.5);
  const constrain = renoiseOriginal(original, mask, schedule);
  const steps = [];
  const options = { sampler: ddim(), timesteps: [1, 0.5], start, schedule, noise: () => draws, constrain };
  for await (const { x } of sample(ideal(schedule), options)) steps.push(x);
  const half = combine(0.5, original, 0.5, draws);
  assertEquals(steps[0].data.slice(2), half.data.slice(2));
  assertEquals(steps[1].data.slice(2), original.data.slice(2));
  assert(steps[1].data.every(Number.isFinite));
});
