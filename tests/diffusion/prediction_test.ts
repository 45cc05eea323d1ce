import { assertEquals, assertLess, assertStrictEquals, assertThrows } from "@std/assert";
import {
  cleanFromNoise,
  noiseFromClean,
  noiseFromPrediction,
  predictionFromNoise,
} from "../../lib/diffusion/prediction.ts";
import { addNoise, alphaBar, linearSchedule } from "../../lib/diffusion/schedule.ts";
import type { PredictionType } from "../../lib/diffusion/types.ts";
import { Generator } from "../../lib/random.ts";
import { combine, full } from "../../lib/tensor.ts";
import { maxDifference } from "./fixtures.ts";

const schedule = linearSchedule(300);
const generator = new Generator(1);
const x0 = generator.randn([2, 3, 4, 4]);
const noise = generator.randn([2, 3, 4, 4]);

for (const type of ["epsilon", "v_prediction", "sample"] as const) {
  Deno.test(`${type}: to the output and back`, () => {
    for (const t of [0, 50, 150, 299]) {
      const x = addNoise(x0, noise, t, schedule);
      const output = predictionFromNoise(type, noise, x, t, schedule);
      // Where there is next to no noise, a clean picture rounded to single precision says little about it.
      const tolerance = 1e-6 / Math.sqrt(1 - alphaBar(schedule, t));
      assertLess(maxDifference(noiseFromPrediction(type, output, x, t, schedule), noise), tolerance);
    }
  });
}

Deno.test("the velocity is that of Salimans & Ho", () => {
  const signal = alphaBar(schedule, 150);
  const x = addNoise(x0, noise, 150, schedule);
  const v = combine(Math.sqrt(signal), noise, -Math.sqrt(1 - signal), x0);
  assertLess(maxDifference(predictionFromNoise("v_prediction", noise, x, 150, schedule), v), 1e-6);
});

Deno.test("clean pictures and noise follow from one another", () => {
  const x = addNoise(x0, noise, 150, schedule);
  assertLess(maxDifference(cleanFromNoise(x, noise, 150, schedule), x0), 1e-6);
  assertLess(maxDifference(noiseFromClean(x, x0, 150, schedule), noise), 1e-6);
  assertEquals(cleanFromNoise(x, noise, -1, schedule), x);
  assertStrictEquals(noiseFromPrediction("epsilon", noise, x, 150, schedule), noise);
});

Deno.test("conversions name the argument that is wrong", () => {
  const other = full([1], 0);
  assertThrows(() => noiseFromPrediction("sample", other, x0, 0, schedule), RangeError, "output: shape [1]");
  assertThrows(() => predictionFromNoise("sample", other, x0, 0, schedule), RangeError, "noise: shape [1]");
  assertThrows(() => noiseFromClean(x0, other, 0, schedule), RangeError, "x0: shape [1]");
  assertThrows(() => cleanFromNoise(x0, noise, 300, schedule), RangeError, "t: 300 where");
  const type = "flow" as PredictionType;
  assertThrows(
    () => noiseFromPrediction(type, noise, x0, 0, schedule),
    RangeError,
    'type: "flow" where epsilon',
  );
  assertThrows(
    () => predictionFromNoise(type, noise, x0, 0, schedule),
    RangeError,
    'type: "flow" where epsilon',
  );
});
