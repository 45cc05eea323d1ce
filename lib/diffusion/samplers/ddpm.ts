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
   * - `learned`: the network's own, taken as it is; below 0 there is none;
   * - `learned_range`: between the two, as the network predicts (Nichol & Dhariwal 2021, eq. 15): DeepFloyd IF's.
   */
  readonly variance?: "fixed_small" | "fixed_large" | "learned" | "learned_range";
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
  if (!["fixed_small", "fixed_large", "learned", "learned_range"].includes(variance)) {
    throw new ArgumentError("variance", variance, "fixed_small, fixed_large, learned or learned_range");
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
    const sigma = sigmaOf(variance, x, prediction.variance, small, beta);
    return weightedSum(onX0, onX, [sigma, noise(x.shape)]);
  };
}

/** The standard deviation of a step's noise: of all elements, or of each. */
function sigmaOf(
  variance: NonNullable<DdpmOptions["variance"]>,
  x: Tensor,
  v: Tensor | undefined,
  small: number,
  large: number,
): number | ((index: number) => number) {
  if (variance === "fixed_small") return Math.sqrt(small);
  if (variance === "fixed_large") return Math.sqrt(large);
  if (!v) {
    throw new ArgumentError("variance", variance, "fixed_small or fixed_large", {
      note: "since the prediction has no variance",
    });
  }
  assertSameShape(x, v, "prediction.variance");
  if (variance === "learned") return (i) => Math.sqrt(Math.max(v.data[i], 0));
  const [logSmall, logLarge] = [Math.log(small), Math.log(large)];
  // `log sigma^2` is interpolated by the network's `v`, -1 small, 1 large; it is not clamped.
  return (i) => {
    const share = (v.data[i] + 1) / 2;
    return Math.exp((share * logLarge + (1 - share) * logSmall) / 2);
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
