/** Continuous schedules: their scales and timesteps, and the predictions over them. */
import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  cleanFromNoise,
  cleanFromPrediction,
  noiseFromClean,
  noiseFromPrediction,
  predictionFromNoise,
  predictionFromOutput,
  predictionTarget,
} from "../../lib/diffusion/prediction.ts";
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
  noiseVariance,
  shiftTimestep,
  sigma,
  snr,
  transitionVariance,
} from "../../lib/diffusion/schedule.ts";
import type { PredictionType } from "../../lib/diffusion/types.ts";
import { Generator } from "../../lib/random.ts";
import { combine, tensor } from "../../lib/tensor.ts";
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
