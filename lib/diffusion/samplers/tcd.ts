/**
 * The sampler of trajectory consistency distillation.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import { noiseFromClean } from "../prediction.ts";
import { alpha, alphaBar, isDiscrete, sigma } from "../schedule.ts";
import type { Sampler } from "../types.ts";
import { weightedSum } from "../weighted_sum.ts";
import {
  type ConsistencyKeys,
  consistencyVisits,
  maxConsistencySteps,
  readConsistencyKeys,
} from "./consistency.ts";
import type { SamplerRegistration } from "./registration.ts";

/** The options of {@linkcode tcd}. */
export interface TcdOptions {
  /** How far a step goes beyond the next timestep before it is noised again, in [0, 1]: `gamma` of the paper, by default 0.3. */
  readonly eta?: number;
}

const tcdOptionNames: OptionNames<TcdOptions> = { eta: true };

/**
 * Strategic stochastic sampling (Zheng et al. 2024, "Trajectory Consistency Distillation", algorithm 4): a step of DDIM to
 * `s = (1 - eta) t'`, and noise from there to `t'`,
 *
 * ```text
 * xs = alpha_s x0 + sigma_s noise
 * x' = alpha' / alpha_s xs + sqrt(1 - (alpha' / alpha_s)^2) z
 * ```
 *
 * The last step ends at timestep 0. For networks that were distilled for it. Draws noise in every step but the last, and none with
 * eta 0. For discrete schedules.
 *
 * @param options How much noise there is.
 * @throws {ArgumentError} if `eta` is out of its range; the sampler, in a continuous schedule.
 */
export function tcd(options: TcdOptions = {}): Sampler {
  assertOptions(options, tcdOptionNames);
  const { eta = 0.3 } = options;
  if (!(eta >= 0 && eta <= 1)) throw new ArgumentError("eta", eta, "a number in [0, 1]");
  return ({ x, x0, t, tNext }, schedule, noise) => {
    if (!isDiscrete(schedule)) throw new ArgumentError("schedule", schedule.kind, "a discrete schedule");
    // In single precision, as PyTorch decides which timestep it is.
    const s = Math.floor(Math.fround(Math.fround(1 - eta) * Math.max(tNext, 0)));
    const direction = noiseFromClean(x, x0, t, schedule);
    if (tNext < 0 || eta === 0) {
      return weightedSum([alpha(schedule, s), x0], [sigma(schedule, s), direction]);
    }
    const ratio = Math.sqrt(alphaBar(schedule, tNext) / alphaBar(schedule, s));
    return weightedSum(
      [ratio * alpha(schedule, s), x0],
      [ratio * sigma(schedule, s), direction],
      [Math.sqrt(1 - ratio * ratio), noise(x.shape)],
    );
  };
}

/** {@linkcode tcd} by its name. */
export const tcdSampler: SamplerRegistration<"tcd", TcdOptions, Partial<ConsistencyKeys>> = {
  name: "tcd",
  title: "TCD",
  year: 2024,
  create: tcd,
  read: readConsistencyKeys,
  visits: consistencyVisits,
  maxSteps: maxConsistencySteps,
};
