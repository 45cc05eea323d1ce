/**
 * The multistep solver DPM-Solver++.
 *
 * @module
 */

import { assertSolver } from "./assert_solver.ts";
import { ArgumentError } from "../../argument_error.ts";
import { solverVisits } from "../level_visits.ts";
import { noiseFromClean } from "../prediction.ts";
import { cleanTimestep, halfLogSnr, type NoiseSchedule } from "../schedule.ts";
import {
  type DpmSolverAlgorithm,
  dpmSolverAlgorithms,
  dpmSolverWeights,
  integratesNoise,
} from "./dpm_solver_weights.ts";
import { noisyEnd } from "./noisy_end.ts";
import type { Sampler, SamplerStep } from "../types.ts";
import { type Term, weightedSum } from "../weighted_sum.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import type { SamplerRegistration } from "./registration.ts";

/** Runs of fewer steps end with steps of lower order (Lu et al. 2022, "DPM-Solver++", section 5, "stability"). */
const FEW_STEPS = 15;

/** The options of {@linkcode dpmSolverPlusPlus2M}. */
export interface DpmSolverOptions {
  /** Which equation is solved, and in what; by default `dpmsolver++`. Those that begin with `sde` draw noise. */
  readonly algorithm?: DpmSolverAlgorithm;
  /** The order of the solver, by default 2; 1 is DDIM. `sde-dpmsolver` has no third. */
  readonly order?: 1 | 2 | 3;
  /** How the slope of the clean image enters a second-order step; by default `midpoint`. */
  readonly solverType?: "midpoint" | "heun";
  /**
   * Where the last step ends: at the clean image (`zero`, the default), or at the noise level of timestep 0 (`sigma_min`). The
   * way to the clean image is infinitely long in `lambda`, and therefore of first order.
   */
  readonly finalSigmas?: "zero" | "sigma_min";
  /** Whether the last step is of first order wherever it ends; by default it is not. */
  readonly eulerAtFinal?: boolean;
  /**
   * Whether the last step but one is at most of second order, and the last of first. By default that is so in runs of less than
   * 15 steps; false as well as true is meant for any number.
   */
  readonly lowerOrderFinal?: boolean;
}

const dpmSolverOptionNames: OptionNames<DpmSolverOptions> = {
  algorithm: true,
  order: true,
  solverType: true,
  finalSigmas: true,
  eulerAtFinal: true,
  lowerOrderFinal: true,
};

/**
 * DPM-Solver++(2M) (Lu et al. 2022, "DPM-Solver++", algorithm 2), and its first- and third-order kin (appendix B, as in the
 * authors' code): the probability flow, integrated exactly but for the clean image, which is extrapolated from the steps
 * before. With `lambda` the half log-SNR, `h = lambda(tNext) - lambda(t)`, and `r` the length of the step before over `h`,
 *
 * ```text
 * D  = x0 + (x0 - x0 before) / (2 r)
 * x' = sigma(tNext) / sigma(t) x - alpha(tNext) (exp(-h) - 1) D
 * ```
 *
 * Orders above the first begin with steps of lower order, until there are enough steps before. The last step, to the clean
 * image, is of first order. Draws no noise, but for the algorithms of the stochastic equation (2M SDE, 3M SDE), which draw some in every
 * step that does not end at the clean image. Use it with the timesteps of `dpmSolverTimesteps`, which can leave out what
 * of the cosine schedule is too noisy for it.
 *
 * It integrates whatever clean images the loop gives it. In this library these are clipped where the folder of a network says
 * `clip_sample`; DPM-Solver of diffusers knows dynamic thresholding alone, and passes over that key.
 *
 * @param options The order, the kind of a second-order step, and how a run ends.
 * @throws {ArgumentError} if an option is unknown; the sampler, if `finalSigmas` is `sigma_min` in a continuous schedule.
 */
export function dpmSolverPlusPlus2M(options: DpmSolverOptions = {}): Sampler {
  assertOptions(options, dpmSolverOptionNames);
  const { order = 2, solverType = "midpoint", finalSigmas = "zero", algorithm = "dpmsolver++" } = options;
  if (!dpmSolverAlgorithms.includes(algorithm)) {
    throw new ArgumentError("algorithm", algorithm, `one of ${dpmSolverAlgorithms.join(", ")}`);
  }
  if (algorithm === "sde-dpmsolver" && order === 3) {
    throw new ArgumentError("order", order, "1 or 2", { note: "with the algorithm sde-dpmsolver" });
  }
  assertSolver({ order, solverType, finalSigmas });
  return (step, schedule, noise) => {
    const { x, t, history } = step;
    const end = finalSigmas === "zero"
      ? step.tNext
      : noisyEnd(schedule, step.tNext, ["finalSigmas", finalSigmas, "zero"]);
    const lambda = (at: number) => halfLogSnr(schedule, at);
    const weights = dpmSolverWeights(algorithm, schedule, t, end);
    const { h, onX, value, slope, curvature } = weights;
    // Where a run ends on timestep 0, at whose noise level it is to end, there is nothing left to do.
    if (h === 0) return x;
    /** What is integrated: the clean image, or the noise. */
    const estimate = ({ x, x0, t }: Pick<SamplerStep, "x" | "x0" | "t">) =>
      integratesNoise(algorithm) ? noiseFromClean(x, x0, t, schedule) : x0;
    const d0 = estimate(step);
    const added: Term[] = weights.noise > 0 ? [[weights.noise, noise(x.shape)]] : [];
    const [before, earlier] = [history.at(-1), history.at(-2)];
    switch (orderOf(step, schedule, options)) {
      case 1:
        return weightedSum([onX, x], [value, d0], ...added);
      case 2: {
        const r = (lambda(t) - lambda(before!.t)) / h;
        const onSlope = (solverType === "midpoint" ? value / 2 : slope) / r;
        return weightedSum([onX, x], [value + onSlope, d0], [-onSlope, estimate(before!)], ...added);
      }
      case 3: {
        const r0 = (lambda(t) - lambda(before!.t)) / h;
        const r1 = (lambda(before!.t) - lambda(earlier!.t)) / h;
        // Divided differences: D1 = d0 + r0 / (r0 + r1) (d0 - d1), D2 = (d0 - d1) / (r0 + r1), with the slopes
        // d0 = (x0 - before) / r0 and d1 = (before - earlier) / r1.
        const onDifference = (slope * r0 + curvature) / (r0 + r1);
        const [onD0, onD1] = [(slope + onDifference) / r0, -onDifference / r1];
        return weightedSum(
          [onX, x],
          [value + onD0, d0],
          [onD1 - onD0, estimate(before!)],
          [-onD1, estimate(earlier!)],
          ...added,
        );
      }
    }
  };
}

/** The order of a step: at most as many as there are clean images, and lower at the end of a run. */
function orderOf(
  { tNext, index, count, history }: SamplerStep,
  schedule: NoiseSchedule,
  options: DpmSolverOptions,
): 1 | 2 | 3 {
  const { order = 2, finalSigmas = "zero", eulerAtFinal = false } = options;
  const { lowerOrderFinal = count < FEW_STEPS } = options;
  if (order === 1 || history.length === 0) return 1;
  if (tNext === cleanTimestep(schedule) && (finalSigmas === "zero" || eulerAtFinal || lowerOrderFinal)) {
    return 1;
  }
  if (order === 2 || history.length === 1 || (index === count - 2 && lowerOrderFinal)) return 2;
  return 3;
}

/** {@linkcode dpmSolverPlusPlus2M} by its name, with the timesteps of {@linkcode dpmSolverTimesteps}. */
export const dpmSolverSampler: SamplerRegistration<"dpm-solver++", DpmSolverOptions> = {
  name: "dpm-solver++",
  title: "DPM-Solver++",
  year: 2022,
  create: dpmSolverPlusPlus2M,
  configure: ({ solver = { lowerOrderFinal: true } }, { steps }) => ({
    ...solver,
    lowerOrderFinal: solver.lowerOrderFinal && steps < FEW_STEPS,
  }),
  spacings: ["karras", "lu", "exponential", "beta", "flow"],
  visits: (count, settings) =>
    solverVisits(count, settings, {
      spacings: ["karras", "lu", "exponential", "beta", "flow"],
      rounds: "unless-cosine",
    }),
};
