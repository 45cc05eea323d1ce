/**
 * DPM-Solver-2 in the coordinates of sigma.
 *
 * @module
 */

import { COMMON_SPACINGS, sigmaVisits } from "../level_visits.ts";
import { timestepOfLevel } from "../noise_levels.ts";
import type { Sampler } from "../types.ts";
import { weightedSum } from "../weighted_sum.ts";
import type { SamplerRegistration } from "./registration.ts";
import { line, lineScale } from "./straight_line.ts";

/**
 * The midpoint method with the midpoint in the logarithm of the noise level (Karras et al. 2022, section 3, "DPM-Solver-2"; Lu et al.
 * 2022, "DPM-Solver", algorithm 4): along the straight lines `y = a x0 + s noise`, with `m` the timestep of the level `sqrt(s s')`,
 *
 * ```text
 * n  = (y - a x0) / s
 * ym = y + (am - a) x0 + (sm - s) n
 * y' = y + (a' - a) xm0 + (s' - s) nm            with the denoiser evaluated again, at ym
 * ```
 *
 * It evaluates the denoiser twice a step, but once in the last, which ends at the clean images. Draws no noise.
 */
export function dpm2(): Sampler {
  return async (step, schedule) => {
    const { x, x0, t, tNext, evaluate } = step;
    const [a, s] = line(schedule, t);
    const [aNext, sNext] = line(schedule, tNext);
    if (sNext === 0) return x0;
    const tMiddle = timestepOfLevel(schedule, Math.sqrt(s * sNext));
    const [aMiddle, sMiddle] = line(schedule, tMiddle);
    const [scale, scaleMiddle, scaleNext] = [t, tMiddle, tNext].map((at) => lineScale(schedule, at));
    const ratio = sMiddle / s;
    const middle = weightedSum(
      [ratio * scaleMiddle / scale, x],
      [(aMiddle - ratio * a) * scaleMiddle, x0],
    );
    const { x0: x0Middle } = await evaluate(middle, tMiddle, tMiddle);
    const rise = (sNext - s) / sMiddle;
    return weightedSum(
      [scaleNext / scale, x],
      [(aNext - a - rise * aMiddle) * scaleNext, x0Middle],
      [rise * scaleNext / scaleMiddle, middle],
    );
  };
}

/** {@linkcode dpm2} by its name; it has no options. */
export const dpm2Sampler: SamplerRegistration<"dpm2", Readonly<Record<never, never>>> = {
  name: "dpm2",
  title: "DPM2",
  year: 2022,
  evaluations: (steps) => 2 * steps - 1,
  create: dpm2,
  spacings: COMMON_SPACINGS,
  visits: (count, settings) => sigmaVisits(count, settings, { roundsKarras: true }),
  startsAtLevel: true,
};
