/** Samplers and the loop over continuous schedules, against flows that are known exactly. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { predictionFromOutput } from "../../lib/diffusion/prediction.ts";
import { denoiseOnce, sample, sampleToEnd } from "../../lib/diffusion/sample.ts";
import {
  ddim,
  ddpm,
  deis,
  dpm2,
  dpmSolverPlusPlus2M,
  dpmSolverSinglestep,
  heun,
  uniPc,
} from "../../lib/diffusion/samplers/mod.ts";
import {
  addNoise,
  alpha,
  edmSchedule,
  flowSchedule,
  flowTimesteps,
  karrasTimesteps,
  linearSchedule,
  type NoiseSchedule,
  sigma,
} from "../../lib/diffusion/schedule.ts";
import type { Denoiser, Model, Sampler } from "../../lib/diffusion/types.ts";
import { renoiseOriginal } from "../../lib/effects/renoise_original.ts";
import { Generator } from "../../lib/random.ts";
import { combine, full, map, type Tensor, tensor } from "../../lib/tensor.ts";
import { FakeModel, noCondition } from "./fake_model.ts";
import { maxDifference } from "./fixtures.ts";

const schedules = { edm: edmSchedule({ sigmaMin: 0.1, sigmaMax: 10 }), flow: flowSchedule() };

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
    // DEIS has no step from noise alone.
    const others = name === "edm" ? [deis()] : [];
    for (const sampler of [uniPc(), dpmSolverSinglestep({ solverType: "heun" }), dpm2(), ...others]) {
      assertLess(2.8, (await ratio(sampler)).ratio);
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
    () => run([5, 5.5], linearSchedule()),
    RangeError,
    "timesteps[1]: 5.5 where a number in [0, 5)",
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
