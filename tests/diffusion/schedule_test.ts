import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  addNoise,
  alphaBar,
  cosineSchedule,
  customSchedule,
  type DiscreteSchedule,
  halfLogSnr,
  linearSchedule,
  scaledLinearSchedule,
  snr,
} from "../../lib/diffusion/schedule.ts";
import { full, tensor } from "../../lib/tensor.ts";
import { readFixture } from "./fixtures.ts";

const golden = readFixture("schedulers");

for (
  const [name, schedule] of Object.entries<DiscreteSchedule>({
    linear: linearSchedule(),
    scaled_linear: scaledLinearSchedule(),
    cosine: cosineSchedule(),
  })
) {
  Deno.test(`the ${name} schedule is PyTorch's, bit by bit`, () => {
    assertEquals(schedule.length, 1000);
    assertEquals(schedule.betas, golden.read(`betas.${name}`).data);
    assertEquals(schedule.alphasCumprod, golden.read(`alphas_cumprod.${name}`).data);
  });
}

Deno.test("the cosine schedule has IF's published values", () => {
  const schedule = cosineSchedule();
  const timesteps = [0, 1, 10, 100, 250, 500, 750, 990, 998, 999];
  assertEquals(timesteps.map((t) => alphaBar(schedule, t)), [
    0.9999586939811707,
    0.9999125599861145,
    0.9992788434028625,
    0.9715756177902222,
    0.8458880186080933,
    0.4922850430011749,
    0.14317865669727325,
    0.00019671733025461435,
    2.428766265438753e-06,
    2.4287349909002387e-09,
  ]);
});

Deno.test("a schedule of given betas keeps them, and may have one timestep", () => {
  const schedule = customSchedule([0.5, 0.5]);
  assertEquals([...schedule.alphasCumprod], [0.5, 0.25]);
  assertEquals([...linearSchedule(1, 0.5, 0.75).betas], [0.5]);
  assertEquals([...linearSchedule(3, 0.25, 0.75).betas], [0.25, 0.5, 0.75]);
  assertEquals(linearSchedule(300).betas[299], Math.fround(0.02));
});

Deno.test("signal levels: -1 is the clean picture, anything else out of the schedule an error", () => {
  const schedule = customSchedule([0.5, 0.5]);
  assertEquals([-1, 0, 1].map((t) => alphaBar(schedule, t)), [1, 0.5, 0.25]);
  assertEquals([-1, 0, 1].map((t) => snr(schedule, t)), [Infinity, 1, 1 / 3]);
  assertAlmostEquals(halfLogSnr(schedule, 1), -Math.log(3) / 2);
  assertEquals(halfLogSnr(schedule, -1), Infinity);
  // Between timesteps the logarithm of sigma / alpha is interpolated.
  assertAlmostEquals(halfLogSnr(schedule, 0.5), -Math.log(3) / 4);
  for (const t of [-2, -0.5, 2, 1.5, NaN]) {
    assertThrows(() => alphaBar(schedule, t), RangeError, `t: ${t} where`);
  }
});

Deno.test("schedules name the argument that is wrong", () => {
  assertThrows(() => customSchedule([]), RangeError, "betas: empty");
  assertThrows(() => customSchedule([0.1, 1]), RangeError, "betas[1]: 1 where a number in (0, 1)");
  assertThrows(() => customSchedule([NaN]), RangeError, "betas[0]: NaN");
  assertThrows(() => customSchedule([1e-9]), RangeError, "leaves 1 of the signal");
  assertThrows(() => customSchedule(Array(20).fill(0.999)), RangeError, "of the signal");
  assertThrows(() => linearSchedule(0), RangeError, "length: 0 where");
  assertThrows(() => linearSchedule(10, 0), RangeError, "betaStart: 0 where");
  assertThrows(() => scaledLinearSchedule(10, 0.1, 1), RangeError, "betaEnd: 1 where");
  assertThrows(() => cosineSchedule(1.5), RangeError, "length: 1.5 where");
  assertThrows(() => cosineSchedule(10, 1), RangeError, "maxBeta: 1 where");
});

Deno.test("noise is added at one level, or at one for each picture", () => {
  const schedule = customSchedule([0.36, 0.75]); // signal left: 0.64, 0.16
  const x0 = full([2, 1, 1, 2], 1);
  const noise = tensor(Float32Array.of(1, 2, 1, 2), x0.shape);
  const round = (x: number) => Math.round(x * 1e6) / 1e6;
  assertEquals([...addNoise(x0, noise, 0, schedule).data].map(round), [1.4, 2, 1.4, 2]);
  const mixed = [...addNoise(x0, noise, [0, -1], schedule).data].map(round);
  assertEquals(mixed, [1.4, 2, 1, 1]);
  assertThrows(
    () => addNoise(x0, noise, [0], schedule),
    RangeError,
    "t: 1 timesteps where one for each of 2",
  );
  assertThrows(() => addNoise(x0, full([2], 0), 0, schedule), RangeError, "noise: shape [2]");
  assertThrows(() => addNoise(x0, noise, 2, schedule), RangeError, "t: 2 where");
});
