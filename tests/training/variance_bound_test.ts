import { assertAlmostEquals, assertEquals } from "@std/assert";
import { cosineSchedule } from "../../lib/diffusion/schedule.ts";
import type { PredictionType } from "../../lib/diffusion/types.ts";
import { gradients, Graph, openSession } from "../../lib/onnx/mod.ts";
import { Generator } from "../../lib/random.ts";
import { varianceBound, varianceLevels } from "../../lib/training/variance_bound.ts";

const schedule = cosineSchedule(1000);
const steps = [1, 40, 500, 998];
const shape = [steps.length, 2, 3, 3];

/** The bound and its gradients by the graph. */
async function compute(
  type: PredictionType,
  at: readonly number[],
  variance: Float32Array,
  error: Float32Array,
) {
  const graph = new Graph();
  const [v, e] = ["variance", "error"].map((name) => graph.input(name, "float32", shape));
  const feeds = varianceLevels(at, schedule, type);
  const level = (name: string) => graph.input(name, "float32", [steps.length, 1, 1, 1]);
  const bound = varianceBound(v, e, {
    logLargest: level("logLargest"),
    logSmallest: level("logSmallest"),
    meanError: level("meanError"),
    counts: level("counts"),
  });
  const [ofVariance, ofError] = gradients(bound, [v, e]);
  graph.output("bound", bound);
  graph.output("ofVariance", ofVariance);
  graph.output("ofError", ofError);
  await using session = await openSession(graph);
  const inputs = { ...feeds, variance: { data: variance, shape }, error: { data: error, shape } };
  const outputs = await session.run(inputs);
  return { bound: outputs.bound.data[0], ofVariance: outputs.ofVariance.data, ofError: outputs.ofError.data };
}

/** By the definition: two pictures are implied, then two means, then the divergence of two normal distributions. */
function byHand(type: PredictionType, variance: ArrayLike<number>, error: ArrayLike<number>): number {
  const each = variance.length / steps.length;
  let total = 0;
  for (let i = 0; i < variance.length; i++) {
    const t = steps[Math.floor(i / each)];
    const [now, before, beta] = [schedule.alphasCumprod[t], schedule.alphasCumprod[t - 1], schedule.betas[t]];
    const posterior = beta * (1 - before) / (1 - now);
    // The mean of the posterior, of a noisy picture x and the clean one.
    const mean = (x: number, clean: number) =>
      Math.sqrt(before) * beta / (1 - now) * clean + Math.sqrt(1 - beta) * (1 - before) / (1 - now) * x;
    const clean = (estimate: number) => {
      if (type === "sample") return estimate;
      if (type === "flow_prediction") {
        return (0.3 - Math.sqrt(1 - now) * estimate) / (Math.sqrt(now) + Math.sqrt(1 - now));
      }
      return type === "epsilon"
        ? (0.3 - Math.sqrt(1 - now) * estimate) / Math.sqrt(now)
        : Math.sqrt(now) * 0.3 - Math.sqrt(1 - now) * estimate;
    };
    const distance = mean(0.3, clean(0.1 + error[i])) - mean(0.3, clean(0.1));
    const learned = posterior ** ((1 - variance[i]) / 2) * beta ** ((1 + variance[i]) / 2);
    total += (Math.log(learned / posterior) + (posterior + distance ** 2) / learned - 1) / 2;
  }
  return total / variance.length;
}

const generator = new Generator(3);
const variance = generator.randn(shape).data;
const error = generator.randn(shape).data.map((value) => 0.1 * value);

for (const type of ["v_prediction", "epsilon", "sample", "flow_prediction"] as const) {
  Deno.test(`the bound of a learned variance is the divergence from the posterior: ${type}`, async () => {
    const { bound } = await compute(type, steps, variance, error);
    const expected = byHand(type, variance, error);
    assertAlmostEquals(bound, expected, 2e-4 * Math.abs(expected));
  });
}

Deno.test("the bound's gradient moves the variance, and nothing else", async () => {
  const { ofVariance, ofError } = await compute("v_prediction", steps, variance, error);
  assertEquals(ofError.every((value) => value === 0), true);
  for (const i of [0, 20, 40, 60]) {
    const at = (by: number) => {
      const moved = Float64Array.from(variance);
      moved[i] += by;
      return byHand("v_prediction", moved, error);
    };
    const slope = (at(1e-4) - at(-1e-4)) / 2e-4;
    assertAlmostEquals(ofVariance[i], slope, 1e-3 * Math.abs(slope) + 1e-7);
  }
});

Deno.test("the step from timestep 0 does not count", async () => {
  const { bound } = await compute("v_prediction", [0, 0, 0, 0], variance, error);
  assertEquals(bound, 0);
});
