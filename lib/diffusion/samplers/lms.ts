/**
 * The linear multistep method.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import { COMMON_SPACINGS, sigmaVisits } from "../level_visits.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import type { NoiseSchedule } from "../schedule.ts";
import type { Sampler, SamplerStep } from "../types.ts";
import { type Term, weightedSum } from "../weighted_sum.ts";
import { assertNotFlow } from "./ancestral_step.ts";
import type { SamplerRegistration } from "./registration.ts";
import { line, lineScale } from "./straight_line.ts";

/** The options of {@linkcode lms}. */
export interface LmsOptions {
  /** How many noise estimates a step uses, its own and those before: 1 to 4, by default 4. */
  readonly order?: 1 | 2 | 3 | 4;
}

const lmsOptionNames: OptionNames<LmsOptions> = { order: true };

/**
 * The linear multistep method of Adams and Bashforth for uneven steps (Katherine Crowson's k-diffusion, 2022; Hairer et al., "Solving
 * Ordinary Differential Equations I", III.5): with `y = x / alpha` and `s = sigma / alpha`, the polynomial through the latest noise
 * estimates `n_k = (y_k - x0_k) / s_k` is integrated over the step,
 *
 * ```text
 * y' = y + sum_k n_k integral from s to s' of prod_(j != k) (u - s_j) / (s_k - s_j) du
 * ```
 *
 * In EDM's schedule `y = x`. Evaluates the denoiser once a step, and draws no noise.
 *
 * @param options The order.
 * @throws {ArgumentError} if the order is unknown; the sampler, in the schedule of flow matching.
 */
export function lms(options: LmsOptions = {}): Sampler {
  assertOptions(options, lmsOptionNames);
  const { order = 4 } = options;
  if (![1, 2, 3, 4].includes(order)) throw new ArgumentError("order", order, "1, 2, 3 or 4");
  return (step, schedule) => {
    assertNotFlow(schedule);
    const { x, t, tNext } = step;
    const known = [step, ...step.history.toReversed()].slice(0, order);
    const levels = known.map((each) => line(schedule, each.t)[1]);
    const [, end] = line(schedule, tNext);
    const back = lineScale(schedule, tNext);
    const terms = known.flatMap((each, k) => {
      return noiseTerms(each, levels[k], schedule, back * lagrangeIntegral(levels, k, end));
    });
    return weightedSum([back / lineScale(schedule, t), x], ...terms);
  };
}

/** A noise estimate times a factor: `(x / scale - x0) / s`. */
function noiseTerms(
  { x, x0, t }: Pick<SamplerStep, "x" | "x0" | "t">,
  s: number,
  schedule: NoiseSchedule,
  factor: number,
): Term[] {
  return [[factor / s / lineScale(schedule, t), x], [-factor / s, x0]];
}

/**
 * The integral of the polynomial of Lagrange that is 1 at node `k` and 0 at the others, from the first node to `end`: by the Gauss
 * rule of two points, which is exact up to the third degree.
 */
function lagrangeIntegral(nodes: readonly number[], k: number, end: number): number {
  const [middle, half] = [(nodes[0] + end) / 2, (end - nodes[0]) / 2];
  const at = (u: number) =>
    nodes.reduce((product, node, j) => j === k ? product : product * (u - node) / (nodes[k] - node), 1);
  return half * (at(middle - half / Math.sqrt(3)) + at(middle + half / Math.sqrt(3)));
}

/** {@linkcode lms} by its name. */
export const lmsSampler: SamplerRegistration<"lms", LmsOptions> = {
  name: "lms",
  title: "LMS",
  year: 2022,
  create: lms,
  spacings: COMMON_SPACINGS,
  visits: (count, settings) => sigmaVisits(count, settings),
  startsAtLevel: true,
};
