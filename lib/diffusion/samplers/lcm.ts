/**
 * The sampler of latent consistency models.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import { alpha, cleanTimestep, isDiscrete, sigma } from "../schedule.ts";
import type { Sampler } from "../types.ts";
import { weightedSum } from "../weighted_sum.ts";
import {
  type ConsistencyKeys,
  consistencyVisits,
  maxConsistencySteps,
  readConsistencyKeys,
} from "./consistency.ts";
import type { SamplerRegistration } from "./registration.ts";

/** The options of {@linkcode lcm}. */
export interface LcmOptions {
  /** By how much timesteps are multiplied in the boundary condition, by default 10. */
  readonly timestepScaling?: number;
}

const lcmOptionNames: OptionNames<LcmOptions> = { timestepScaling: true };

/** The standard deviation of the data that the boundary condition assumes. */
const DATA_DEVIATION = 0.5;

/**
 * Multistep sampling of a latent consistency model (Luo et al. 2023, "Latent Consistency Models", algorithm 3): the clean image that the
 * network means, held to the boundary condition `f(x, 0) = x` (section 3), and noised afresh to the next timestep. With
 * `u = timestepScaling t`,
 *
 * ```text
 * f  = x 0.25 / (u^2 + 0.25) + x0 u / sqrt(u^2 + 0.25)
 * x' = alpha' f + sigma' z
 * ```
 *
 * For networks that were distilled for it; others draw blurs. Draws noise in every step but the last. For discrete schedules.
 *
 * @param options The boundary condition.
 * @throws {ArgumentError} if the scaling is negative; the sampler, in a continuous schedule.
 */
export function lcm(options: LcmOptions = {}): Sampler {
  assertOptions(options, lcmOptionNames);
  const { timestepScaling = 10 } = options;
  if (!(timestepScaling >= 0 && timestepScaling < Infinity)) {
    throw new ArgumentError("timestepScaling", timestepScaling, "a finite number of at least 0");
  }
  return ({ x, x0, t, tNext }, schedule, noise) => {
    if (!isDiscrete(schedule)) throw new ArgumentError("schedule", schedule.kind, "a discrete schedule");
    const scaled = t * timestepScaling;
    const variance = DATA_DEVIATION ** 2;
    const skip = variance / (scaled ** 2 + variance);
    const out = scaled / Math.sqrt(scaled ** 2 + variance);
    if (tNext === cleanTimestep(schedule)) return weightedSum([out, x0], [skip, x]);
    const signal = alpha(schedule, tNext);
    return weightedSum([signal * out, x0], [signal * skip, x], [sigma(schedule, tNext), noise(x.shape)]);
  };
}

/** {@linkcode lcm} by its name. */
export const lcmSampler: SamplerRegistration<"lcm", LcmOptions, Partial<ConsistencyKeys>> = {
  name: "lcm",
  title: "LCM",
  year: 2023,
  create: lcm,
  read: readConsistencyKeys,
  configure: (_settings, _run, { timestepScaling } = {}) => ({ timestepScaling }),
  visits: consistencyVisits,
  maxSteps: maxConsistencySteps,
};
