/**
 * DPM-Solver-2 with fresh noise in every step.
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
 * Ancestral sampling with steps of DPM-Solver-2 (Katherine Crowson's k-diffusion, 2022): with `y = x / alpha` and `s = sigma / alpha`,
 * a step of the midpoint method to `down`, whose middle is at `sqrt(s down)`, then noise up to the next level.
 *
 * ```text
 * up   = s' / s sqrt(s^2 - s'^2)
 * down = sqrt(s'^2 - up^2) = s'^2 / s
 * ```
 *
 * It evaluates the denoiser twice a step, but once in the last, which ends at the clean images; draws noise in every step but that.
 *
 * @throws {ArgumentError} the sampler, in the schedule of flow matching, in which the signal fades while noise is added.
 */
export function dpm2Ancestral(): Sampler {
  return async ({ x, x0, t, tNext, evaluate }, schedule, noise) => {
    assertNotFlow(schedule);
    const [, s] = line(schedule, t);
    const [, sNext] = line(schedule, tNext);
    if (sNext === 0) return x0;
    const { down, up } = ancestralStep(s, sNext);
    const tMiddle = timestepOfLevel(schedule, Math.sqrt(s * down));
    const [, sMiddle] = line(schedule, tMiddle);
    const [scale, scaleMiddle, scaleNext] = [t, tMiddle, tNext].map((at) => lineScale(schedule, at));
    const ratio = sMiddle / s;
    const middle = weightedSum([ratio * scaleMiddle / scale, x], [(1 - ratio) * scaleMiddle, x0]);
    const { x0: x0Middle } = await evaluate(middle, tMiddle, tMiddle);
    const rise = (down - s) / sMiddle;
    return weightedSum(
      [scaleNext / scale, x],
      [-rise * scaleNext, x0Middle],
      [rise * scaleNext / scaleMiddle, middle],
      [up * scaleNext, noise(x.shape)],
    );
  };
}

/** {@linkcode dpm2Ancestral} by its name; it has no options. */
export const dpm2AncestralSampler: SamplerRegistration<"dpm2-ancestral", Readonly<Record<never, never>>> = {
  name: "dpm2-ancestral",
  title: "DPM2 ancestral",
  year: 2022,
  evaluations: (steps) => 2 * steps - 1,
  create: dpm2Ancestral,
  spacings: COMMON_SPACINGS,
  visits: (count, settings) => sigmaVisits(count, settings, { roundsKarras: true }),
  startsAtLevel: true,
};
