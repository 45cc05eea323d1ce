import { assertAlmostEquals, assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import { Generator } from "../../lib/random.ts";
import {
  type AverageProfile,
  postHocWeights,
  weightedSnapshots,
} from "../../lib/training/post_hoc_average.ts";
import {
  gammaOf,
  largestSigmaRel,
  powerAverageDecay,
  sigmaRelOf,
  updatePowerAverage,
} from "../../lib/training/power_average.ts";

Deno.test("widths and exponents are each other's inverse", () => {
  // The values that the paper names, of 5% and 10%.
  assertAlmostEquals(gammaOf(0.05), 16.97, 5e-3);
  assertAlmostEquals(gammaOf(0.10), 6.94, 5e-3);
  for (const sigmaRel of [1e-4, 0.01, 0.05, 0.1, 0.2, 0.28]) {
    assertAlmostEquals(sigmaRelOf(gammaOf(sigmaRel)), sigmaRel, 1e-12);
  }
  assertAlmostEquals(gammaOf(largestSigmaRel), 0, 1e-6);
  for (const sigmaRel of [0, -0.1, 0.3, NaN]) {
    assertThrows(() => gammaOf(sigmaRel), RangeError, `sigmaRel: ${sigmaRel} where`);
  }
});

Deno.test("the profile is a power of the step, of the width that it is named by", () => {
  const steps = 4000;
  for (const sigmaRel of [0.05, 0.1, 0.2]) {
    const gamma = gammaOf(sigmaRel);
    // Each step's part in the average: what it enters with, times what is kept of it until the end.
    const parts = new Float64Array(steps + 1);
    let kept = 1;
    for (let step = steps; step >= 1; step--) {
      const decay = powerAverageDecay(step, gamma);
      parts[step] = (1 - decay) * kept;
      kept *= decay;
    }
    assertAlmostEquals(parts.reduce((sum, part) => sum + part, 0), 1, 1e-9);
    assertEquals(kept, 0); // nothing is left of the start
    const mean = parts.reduce((sum, part, step) => sum + part * step, 0) / steps;
    const square = parts.reduce((sum, part, step) => sum + part * step * step, 0) / steps ** 2;
    assertAlmostEquals(Math.sqrt(square - mean ** 2), sigmaRel, 1e-3);
    assertAlmostEquals(parts[steps / 2] / parts[steps], 0.5 ** gamma, 2e-2 * 0.5 ** gamma + 1e-12);
  }
});

/** Weights that go somewhere, with noise, as those of a training do. */
function* walk(steps: number): Generator_<Float32Array> {
  const generator = new Generator(3);
  const value = generator.randn([32]).data;
  for (let step = 1; step <= steps; step++) {
    const noise = generator.randn([32]).data;
    for (let i = 0; i < value.length; i++) {
      value[i] += 0.02 * noise[i] + 0.3 * Math.exp(-step / 200) * (i % 3 - 1);
    }
    yield value;
  }
}
type Generator_<T> = globalThis.Generator<T, void, undefined>;

/** The averages of a walk, of some widths, after each `every` steps. */
function track(steps: number, widths: readonly number[], every: number) {
  const averages = widths.map(() => new Float32Array(32));
  const snapshots: (AverageProfile & { readonly values: Float32Array })[] = [];
  let step = 0;
  for (const value of walk(steps)) {
    step++;
    for (const [n, sigmaRel] of widths.entries()) {
      updatePowerAverage(averages[n], value, powerAverageDecay(step, gammaOf(sigmaRel)));
      if (step % every === 0) snapshots.push({ step, sigmaRel, values: averages[n].slice() });
    }
  }
  return snapshots;
}

const distance = (a: Float32Array, b: Float32Array) =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));

Deno.test("averages of other widths are made of two that were tracked", async () => {
  const steps = 2000;
  const snapshots = track(steps, [0.05, 0.1], 125);
  for (const sigmaRel of [0.04, 0.07, 0.09, 0.12, 0.15]) {
    const [direct] = track(steps, [sigmaRel], steps);
    const weights = postHocWeights(snapshots, { step: steps, sigmaRel });
    assertAlmostEquals(weights.reduce((sum, weight) => sum + weight, 0), 1, 1e-3);
    const made = await weightedSnapshots(weights, (n) => snapshots[n].values);
    const nearest = Math.min(...snapshots.map(({ values }) => distance(values, direct.values)));
    // Between the two that were tracked it is near; beyond them less so, but far nearer than any snapshot.
    const share = sigmaRel > 0.05 && sigmaRel < 0.1 ? 0.12 : 0.5;
    assertLess(distance(made, direct.values), share * nearest, `${sigmaRel}`);
  }
});

Deno.test("of an average that was tracked, all is its own last snapshot", () => {
  const snapshots = [100, 200, 300].flatMap((step) => [0.05, 0.1].map((sigmaRel) => ({ step, sigmaRel })));
  const weights = postHocWeights(snapshots, { step: 300, sigmaRel: 0.1 });
  weights.forEach((weight, n) => assertAlmostEquals(weight, n === 5 ? 1 : 0, 1e-9));
});

Deno.test("snapshots that make no average are refused", async () => {
  const target = { step: 10, sigmaRel: 0.1 };
  assertThrows(() => postHocWeights([], target), RangeError, "snapshots: none");
  assertThrows(() => postHocWeights([target, target], target), RangeError, "snapshots: two of step 10");
  assertThrows(() => postHocWeights([{ ...target, step: 0 }], target), RangeError, "step: 0 where");
  assertThrows(
    () => postHocWeights([target], { ...target, sigmaRel: 0.5 }),
    RangeError,
    "sigmaRel: 0.5 where",
  );
  await assertRejects(
    () => weightedSnapshots(Float64Array.of(1, 1), (n) => new Float32Array(n + 1)),
    RangeError,
    "snapshots: one of 2 values where 1 are expected",
  );
});
