/**
 * Heun's method for the probability flow.
 *
 * @module
 */

import { COMMON_SPACINGS, sigmaVisits } from "../level_visits.ts";
import { alpha, alphaBar, isDiscrete } from "../schedule.ts";
import { line } from "./straight_line.ts";
import type { Sampler } from "../types.ts";
import { weightedSum } from "../weighted_sum.ts";
import type { SamplerRegistration } from "./registration.ts";

/**
 * Heun's method (Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", algorithm 1 without
 * churn), along coordinates `y = a x0 + s noise` of which `a` and `s` are straight lines:
 *
 * ```text
 * n  = (y - a x0) / s
 * y' = y + (aNext - a) x0 + (sNext - s) n                          Euler's step
 * n' = (y' - aNext x0') / sNext                                    with the denoiser evaluated again, at y'
 * y' = y + (aNext - a) (x0 + x0') / 2 + (sNext - s) (n + n') / 2
 * ```
 *
 * In a discrete schedule these are `y = x / alpha`, with `a = 1` and `s = sigma / alpha`. EDM and flow matching have straight
 * lines as they are: `y = x`.
 *
 * It evaluates the denoiser twice a step, but once in the last, which ends at the clean images. Draws no noise.
 *
 * @example
 * ```ts
 * import { conditioned, Generator, openMnistModel, sample, sampleToEnd, trailingTimesteps } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("mnist-class");
 * const [seven] = await model.prepare([7]);
 * const noise = (shape: readonly number[]) => new Generator(0).randn(shape);
 * const timesteps = trailingTimesteps(5, model.spec.schedule.length);
 * const start = noise([1, 1, 28, 28]);
 * await sampleToEnd(sample(conditioned(model, seven), { sampler: heun(), timesteps, start, noise }));
 * ```
 */
export function heun(): Sampler {
  return async ({ x, x0, t, tNext, evaluate }, schedule) => {
    const [a, s] = line(schedule, t);
    const [aNext, sNext] = line(schedule, tNext);
    if (sNext === 0) return x0;
    const ratio = sNext / s;
    // From y at t to x at tNext, and from y to x at tNext.
    const discrete = isDiscrete(schedule);
    const scale = discrete ? Math.sqrt(alphaBar(schedule, tNext) / alphaBar(schedule, t)) : 1;
    const back = discrete ? alpha(schedule, tNext) : 1;
    const euler = weightedSum([ratio * scale, x], [(aNext - ratio * a) * back, x0]);
    const again = await evaluate(euler, tNext);
    const [half, halfNext] = [(ratio - 1) / 2, (1 - 1 / ratio) / 2];
    const rise = (aNext - a) / 2;
    return weightedSum(
      [(1 + half) * scale, x],
      [(rise - half * a) * back, x0],
      [halfNext, euler],
      [(rise - halfNext * aNext) * back, again.x0],
    );
  };
}

/** {@linkcode heun} by its name; it has no options. */
export const heunSampler: SamplerRegistration<"heun", Readonly<Record<never, never>>> = {
  name: "heun",
  title: "Heun",
  year: 2022,
  evaluations: (steps) => 2 * steps - 1,
  create: heun,
  spacings: COMMON_SPACINGS,
  visits: (count, settings) => sigmaVisits(count, settings),
  startsAtLevel: true,
};
