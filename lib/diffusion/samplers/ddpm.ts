/**
 * The sampler of denoising diffusion probabilistic models.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import { assertSameShape, type Tensor } from "../../tensor.ts";
import { alpha, alphaBar, isDiscrete, noiseVariance, transitionVariance } from "../schedule.ts";
import type { Sampler } from "../types.ts";
import { type Term, weightedSum } from "../weighted_sum.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import type { SamplerRegistration } from "./registration.ts";

/** The options of {@linkcode ddpm}. */
export interface DdpmOptions {
  /**
   * The variance of a step's noise; by default `fixed_small`.
   *
   * - `fixed_small`: the posterior's (Ho et al. 2020, eq. 7), right for a known clean image;
   * - `fixed_large`: beta, right for clean images that are normal noise themselves;
   * - `learned_range`: between the two, as the network predicts (Nichol & Dhariwal 2021, eq. 15): DeepFloyd IF's.
   */
  readonly variance?: "fixed_small" | "fixed_large" | "learned_range";
}

const ddpmOptionNames: OptionNames<DdpmOptions> = {
  variance: true,
};

/**
 * DDPM's ancestral sampling (Ho et al. 2020, algorithm 2 with the mean of eq. 7), over strides of any length:
 * and here over any schedule, with `beta` the variance that the forward process adds between the two timesteps,
 *
 * ```text
 * x' = alpha(tNext) beta / sigma(t)^2 x0
 *    + alpha(t) / alpha(tNext) sigma(tNext)^2 / sigma(t)^2 x
 *    + sqrt(variance) z
 * ```
 *
 * Noise is drawn at every discrete timestep but 0. A list of timesteps that does not end in 0 therefore has noise on its
 * last step too, as in diffusers. The last step of a continuous schedule, which ends at the clean image, has none.
 *
 * @param options The variance.
 * @throws {ArgumentError} if the variance is unknown; the sampler, if it is `learned_range` and a prediction has none.
 */
export function ddpm(options: DdpmOptions = {}): Sampler {
  assertOptions(options, ddpmOptionNames);
  const { variance = "fixed_small" } = options;
  if (!["fixed_small", "fixed_large", "learned_range"].includes(variance)) {
    throw new ArgumentError("variance", variance, "fixed_small, fixed_large or learned_range");
  }
  return ({ x, x0, prediction, t, tNext }, schedule, noise) => {
    const [now, next] = [noiseVariance(schedule, t), noiseVariance(schedule, tNext)];
    const decay = Math.sqrt(alphaBar(schedule, t) / alphaBar(schedule, tNext));
    const beta = transitionVariance(schedule, t, tNext);
    const onX0: Term = [alpha(schedule, tNext) * beta / now, x0];
    const onX: Term = [decay * next / now, x];
    if (isDiscrete(schedule) ? t === 0 : next === 0) return weightedSum(onX0, onX);
    // The floor keeps the logarithm finite on a last step, where the posterior's variance is 0.
    const small = Math.max(next / now * beta, 1e-20);
    const sigma = variance === "learned_range"
      ? learnedSigma(x, prediction.variance, Math.log(small), Math.log(beta))
      : Math.sqrt(variance === "fixed_small" ? small : beta);
    return weightedSum(onX0, onX, [sigma, noise(x.shape)]);
  };
}

/** Each element's sigma: `log sigma^2` is interpolated by the network's `v`, -1 small, 1 large; it is not clamped. */
function learnedSigma(
  x: Tensor,
  v: Tensor | undefined,
  logSmall: number,
  logLarge: number,
): (index: number) => number {
  if (!v) {
    throw new ArgumentError("variance", "learned_range", "fixed_small or fixed_large", {
      note: "since the prediction has no variance",
    });
  }
  assertSameShape(x, v, "prediction.variance");
  return (i) => {
    const large = (v.data[i] + 1) / 2;
    return Math.exp((large * logLarge + (1 - large) * logSmall) / 2);
  };
}

/** {@linkcode ddpm} by its name. */
export const ddpmSampler: SamplerRegistration<"ddpm", DdpmOptions> = {
  name: "ddpm",
  title: "DDPM",
  year: 2020,
  create: ddpm,
  configure: ({ variance }) => ({ variance }),
};
