/**
 * The multistep solver DPM-Solver++.
 *
 * @module
 */

import { alphaBar, halfLogSnr } from "../schedule.ts";
import type { Sampler } from "../types.ts";
import { type Term, weightedSum } from "../weighted_sum.ts";
import { assertOptions, type OptionNames } from "../../options.ts";

/** What {@linkcode dpmSolverPlusPlus2M} can be told. */
export interface DpmSolverOptions {
  /** The order of the solver, by default 2; 1 is DDIM. */
  readonly order?: 1 | 2;
  /** How the slope of the clean picture enters a second-order step; by default `midpoint`. */
  readonly solverType?: "midpoint" | "heun";
}

const dpmSolverOptionNames: OptionNames<DpmSolverOptions> = {
  order: true,
  solverType: true,
};

/**
 * DPM-Solver++(2M) (Lu et al. 2022, "DPM-Solver++", algorithm 2): the probability flow, integrated exactly
 * but for the clean picture, which is extrapolated from the step before. With `lambda` the half log-SNR,
 * `h = lambda(tNext) - lambda(t)`, `alpha = sqrt(alphaBar)`, `sigma = sqrt(1 - alphaBar)` and `r` the length of the
 * step before over `h`,
 *
 * ```text
 * D  = x0 + (x0 - x0 before) / (2 r)
 * x' = sigma(tNext) / sigma(t) x - alpha(tNext) (exp(-h) - 1) D
 * ```
 *
 * The first step and the last, to the clean picture, are of first order: the one knows no step before, the other is
 * infinitely long in `lambda`. Draws no noise. Use it with the timesteps of `dpmSolverTimesteps`, which leave out what
 * of the cosine schedule is too noisy for it.
 *
 * @param options The order, and the kind of a second-order step.
 * @throws {RangeError} if an option is unknown.
 */
export function dpmSolverPlusPlus2M(options: DpmSolverOptions = {}): Sampler {
  assertOptions(options, dpmSolverOptionNames);
  const { order = 2, solverType = "midpoint" } = options;
  if (order !== 1 && order !== 2) throw new RangeError(`order: ${order} where 1 or 2 is expected`);
  if (solverType !== "midpoint" && solverType !== "heun") {
    throw new RangeError(`solverType: "${solverType}" where midpoint or heun is expected`);
  }
  return ({ x, x0, t, tNext, history }, schedule) => {
    const [now, next] = [alphaBar(schedule, t), alphaBar(schedule, tNext)];
    const h = halfLogSnr(schedule, tNext) - halfLogSnr(schedule, t);
    const decay = Math.expm1(-h); // -1 on the last step, where h is infinite
    const onX: Term = [Math.sqrt((1 - next) / (1 - now)), x];
    const weight = -Math.sqrt(next) * decay;
    const before = history.at(-1);
    if (order === 1 || !before || tNext === -1) return weightedSum(onX, [weight, x0]);
    const r = (halfLogSnr(schedule, t) - halfLogSnr(schedule, before.t)) / h;
    const onSlope = (solverType === "midpoint" ? weight / 2 : Math.sqrt(next) * (decay / h + 1)) / r;
    return weightedSum(onX, [weight + onSlope, x0], [-onSlope, before.x0]);
  };
}
