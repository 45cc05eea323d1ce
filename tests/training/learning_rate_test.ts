import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  constantRate,
  cosineRate,
  decayStart,
  type WarmupStableDecayOptions,
  warmupStableDecayRate,
} from "../../lib/training/learning_rate.ts";

const rate = (step: number, steps: number, options?: WarmupStableDecayOptions) =>
  warmupStableDecayRate(2, step, steps, options);

Deno.test("the rate warms up linearly, stays, and decays to zero", () => {
  assertEquals([rate(0, 1000), rate(99, 1000), rate(199, 1000), rate(200, 1000)], [0.01, 1, 2, 2]);
  assertEquals(decayStart(1000), 800);
  assertEquals([rate(799, 1000), rate(800, 1000)], [2, 2]);
  // A quarter of the way is half of it, by the square root.
  assertEquals(rate(850, 1000), 1);
  assertEquals(rate(850, 1000, { decay: "linear" }), 1.5);
  assertEquals([rate(1000, 1000), rate(2000, 1000)], [0, 0]);
  for (let step = 801; step <= 1000; step++) {
    for (const decay of ["1-sqrt", "linear"] as const) {
      assertEquals(rate(step, 1000, { decay }) < rate(step - 1, 1000, { decay }), true);
    }
  }
});

Deno.test("up to its decay a rate does not know how long the run is", () => {
  for (let step = 0; step <= 800; step++) assertEquals(rate(step, 1000), rate(step, 1e6));
});

Deno.test("runs that are shorter than the warm-up decay all the same", () => {
  assertEquals(rate(10, 10), 0);
  assertAlmostEquals(rate(4, 10), 2 * 5 / 200, 1e-15);
  assertEquals(rate(0, 10, { warmupSteps: 0, decayFraction: 1 }), 2);
});

Deno.test("numbers that are out of their range are refused", () => {
  for (const warmupSteps of [-1, 0.5, NaN, Infinity]) {
    assertThrows(() => rate(0, 10, { warmupSteps }), RangeError, `warmupSteps: ${warmupSteps} where`);
  }
  for (const decayFraction of [-1, 0, 1.1, NaN]) {
    assertThrows(() => rate(0, 10, { decayFraction }), RangeError, `decayFraction: ${decayFraction} where`);
  }
});

Deno.test("a cosine goes from the rate to zero", () => {
  assertEquals([cosineRate(2, 0, 10), cosineRate(2, 5, 10)], [2, 1]);
  assertAlmostEquals(cosineRate(2, 10, 10), 0, 1e-12);
});

Deno.test("a constant rate stays, and warms up where that is asked for", () => {
  assertEquals([constantRate(2, 0, 10), constantRate(2, 9, 10), constantRate(2, 99, 10)], [2, 2, 2]);
  const warm = (step: number) => constantRate(2, step, 10, { warmupSteps: 4 });
  assertEquals([0, 1, 3, 4, 9].map(warm), [0.5, 1, 2, 2, 2]);
});

Deno.test("a cosine after a warm-up begins at its end, at the full rate", () => {
  const rate = (step: number, steps = 12) => cosineRate(2, step, steps, { warmupSteps: 4 });
  assertEquals([0, 1, 3, 4].map((step) => rate(step)), [0.5, 1, 2, 2]);
  assertAlmostEquals(rate(8), 1, 1e-12);
  assertAlmostEquals(rate(12), 0, 1e-12);
  assertEquals([rate(3, 4), rate(4, 4), rate(3, 3)], [2, 0, 2]);
  for (const schedule of [constantRate, cosineRate]) {
    assertThrows(
      () => schedule(2, 0, 10, { warmupSteps: -1 }),
      RangeError,
      "warmupSteps: -1 where a whole number is expected",
    );
  }
});
