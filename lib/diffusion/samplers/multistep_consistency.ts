/**
 * Sampling that noises its estimate afresh.
 *
 * @module
 */

import { alpha, cleanTimestep, sigma } from "../schedule.ts";
import type { Sampler } from "../types.ts";
import { weightedSum } from "../weighted_sum.ts";

/**
 * Multistep consistency sampling (Song et al. 2023, "Consistency Models", algorithm 1): the clean image, noised to the next timestep by
 * noise of which none was there before,
 *
 * ```text
 * x' = alpha' x0 + sigma' z
 * ```
 *
 * In the schedule of flow matching that is `stochastic_sampling` of diffusers. Draws noise in every step but the last.
 */
export function multistepConsistency(): Sampler {
  return ({ x, x0, tNext }, schedule, noise) => {
    if (tNext === cleanTimestep(schedule)) return x0;
    return weightedSum([alpha(schedule, tNext), x0], [sigma(schedule, tNext), noise(x.shape)]);
  };
}
