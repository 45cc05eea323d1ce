/**
 * DPM-Solver of the reverse stochastic equation, with a step in the middle.
 *
 * @module
 */

import { COMMON_SPACINGS, sigmaVisits } from "../level_visits.ts";
import { timestepOfLevel } from "../noise_levels.ts";
import type { Sampler } from "../types.ts";
import { weightedSum } from "../weighted_sum.ts";
import { ancestralStep, assertNotFlow } from "./ancestral_step.ts";
import type { SamplerRegistration } from "./registration.ts";
import { line, lineScale } from "./straight_line.ts";

/**
 * The stochastic sampler of k-diffusion (Katherine Crowson, 2022, `sample_dpmpp_sde`, after Lu et al. 2022, "DPM-Solver++", section 5):
 * with `y = x / alpha` and `s = sigma / alpha`, an ancestral step to the middle `m = sqrt(s s')`, and one over the whole way by the
 * clean image that the denoiser sees there.
 *
 * ```text
 * ym = y + (1 - down(s, m) / s) (x0 - y) + up(s, m) z1,      down(s, s') = s'^2 / s
 * y' = y + (1 - down(s, s') / s) (xm0 - y) + up(s, s') z,    up(s, s') = s' / s sqrt(s^2 - s'^2)
 * ```
 *
 * The noise is that of one Brownian motion over `s`: `z` is `z1` on the first part of the way and new on the second, each by the root
 * of its length. It evaluates the denoiser twice a step, but once in the last, which ends at the clean images; draws noise twice in
 * every step but that.
 *
 * @throws {ArgumentError} the sampler, in the schedule of flow matching, in which the signal fades while noise is added.
 */
export function dpmSde(): Sampler {
  return async ({ x, x0, t, tNext, evaluate }, schedule, noise) => {
    assertNotFlow(schedule);
    const [, s] = line(schedule, t);
    const [, sNext] = line(schedule, tNext);
    if (sNext === 0) return x0;
    const tMiddle = timestepOfLevel(schedule, Math.sqrt(s * sNext));
    const [, sMiddle] = line(schedule, tMiddle);
    const [scale, scaleMiddle, scaleNext] = [t, tMiddle, tNext].map((at) => lineScale(schedule, at));
    const half = ancestralStep(s, sMiddle);
    const first = noise(x.shape);
    const middle = weightedSum(
      [half.down / s * scaleMiddle / scale, x],
      [(1 - half.down / s) * scaleMiddle, x0],
      [half.up * scaleMiddle, first],
    );
    const { x0: x0Middle } = await evaluate(middle, tMiddle, tMiddle);
    const whole = ancestralStep(s, sNext);
    const parts = [s - sMiddle, sMiddle - sNext].map((length) => Math.sqrt(length / (s - sNext)));
    return weightedSum(
      [whole.down / s * scaleNext / scale, x],
      [(1 - whole.down / s) * scaleNext, x0Middle],
      [parts[0] * whole.up * scaleNext, first],
      [parts[1] * whole.up * scaleNext, noise(x.shape)],
    );
  };
}

/** {@linkcode dpmSde} by its name; it has no options. */
export const dpmSdeSampler: SamplerRegistration<"dpm-sde", Readonly<Record<never, never>>> = {
  name: "dpm-sde",
  title: "DPM-Solver SDE",
  year: 2022,
  evaluations: (steps) => 2 * steps - 1,
  create: dpmSde,
  spacings: COMMON_SPACINGS,
  visits: sigmaVisits,
  startsAtLevel: true,
};
