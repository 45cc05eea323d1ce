/**
 * Heun's method for the probability flow.
 *
 * @module
 */

import { alphaBar } from "../schedule.ts";
import type { Sampler } from "../types.ts";
import { weightedSum } from "../weighted_sum.ts";
import type { SamplerRegistration } from "./registration.ts";

/**
 * Heun's method (Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", algorithm 1 without
 * churn). With `s = sqrt((1 - alphaBar) / alphaBar)` and `y = x / sqrt(alphaBar)`,
 *
 * ```text
 * d  = (y - x0) / s
 * y' = y + (sNext - s) d                  Euler's step
 * d' = (y' - x0') / sNext                 with the denoiser evaluated again, at y'
 * y' = y + (sNext - s) (d + d') / 2
 * ```
 *
 * It evaluates the denoiser twice a step, but once in the last, which ends at the clean images. Draws no noise.
 *
 * @example
 * ```ts
 * import { conditioned, Generator, openMnistModel, sample, sampleToEnd, trailingTimesteps } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("models/mnist-class");
 * const [seven] = await model.prepare([7]);
 * const noise = (shape: readonly number[]) => new Generator(0).randn(shape);
 * const timesteps = trailingTimesteps(5, model.spec.schedule.length);
 * const start = noise([1, 1, 28, 28]);
 * await sampleToEnd(sample(conditioned(model, seven), { sampler: heun(), timesteps, start, noise }));
 * ```
 */
export function heun(): Sampler {
  return async ({ x, x0, t, tNext, evaluate }, schedule) => {
    const [now, next] = [alphaBar(schedule, t), alphaBar(schedule, tNext)];
    const [s, sNext] = [now, next].map((signal) => Math.sqrt((1 - signal) / signal));
    if (sNext === 0) return x0;
    const ratio = sNext / s;
    const scale = Math.sqrt(next / now);
    const euler = weightedSum([ratio * scale, x], [(1 - ratio) * Math.sqrt(next), x0]);
    const again = await evaluate(euler, tNext);
    // y + (sNext - s) / 2 ((y - x0) / s + (y' - x0') / sNext), back in x.
    const [half, halfNext] = [(ratio - 1) / 2, (1 - 1 / ratio) / 2];
    return weightedSum(
      [(1 + half) * scale, x],
      [-half * Math.sqrt(next), x0],
      [halfNext, euler],
      [-halfNext * Math.sqrt(next), again.x0],
    );
  };
}

/** {@linkcode heun} by its name; it has no options. */
export const heunSampler: SamplerRegistration<"heun", Readonly<Record<never, never>>> = {
  name: "heun",
  title: "Heun",
  year: 2022,
  create: heun,
};
