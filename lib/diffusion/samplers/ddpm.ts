/**
 * The sampler of denoising diffusion probabilistic models.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import { assertSameShape, type Tensor } from "../../tensor.ts";
import { alphaBar } from "../schedule.ts";
import type { Sampler } from "../types.ts";
import { type Term, weightedSum } from "../weighted_sum.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import type { SamplerRegistration } from "./registration.ts";

/** What {@linkcode ddpm} can be told. */
export interface DdpmOptions {
  /**
   * The variance of a step's noise; by default `fixed_small`.
   *
   * - `fixed_small`: the posterior's (Ho et al. 2020, eq. 7), right for a known clean picture;
   * - `fixed_large`: beta, right for clean pictures that are normal noise themselves;
   * - `learned_range`: between the two, as the network says (Nichol & Dhariwal 2021, eq. 15): DeepFloyd IF's.
   */
  readonly variance?: "fixed_small" | "fixed_large" | "learned_range";
}

const ddpmOptionNames: OptionNames<DdpmOptions> = {
  variance: true,
};

/**
 * DDPM's ancestral sampling (Ho et al. 2020, algorithm 2 with the mean of eq. 7), over strides of any length:
 * with `alpha = alphaBar(t) / alphaBar(tNext)` and `beta = 1 - alpha`,
 *
 * ```text
 * x' = sqrt(alphaBar(tNext)) beta / (1 - alphaBar(t)) x0
 *    + sqrt(alpha) (1 - alphaBar(tNext)) / (1 - alphaBar(t)) x
 *    + sigma z
 * ```
 *
 * Noise is drawn at every timestep but 0. A list of timesteps that does not end in 0 therefore has noise on its last
 * step too, as in diffusers.
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
    const [now, next] = [alphaBar(schedule, t), alphaBar(schedule, tNext)];
    const alpha = now / next;
    const beta = 1 - alpha;
    const onX0: Term = [Math.sqrt(next) * beta / (1 - now), x0];
    const onX: Term = [Math.sqrt(alpha) * (1 - next) / (1 - now), x];
    if (t === 0) return weightedSum(onX0, onX);
    // The floor keeps the logarithm finite on a last step, where the posterior's variance is 0.
    const small = Math.max((1 - next) / (1 - now) * beta, 1e-20);
    const sigma = variance === "learned_range"
      ? learnedSigma(x, prediction.variance, Math.log(small), Math.log(beta))
      : Math.sqrt(variance === "fixed_small" ? small : beta);
    return weightedSum(onX0, onX, [sigma, noise(x.shape)]);
  };
}

/** Each element's sigma: `log sigma^2` lies where the network's `v` says, -1 small, 1 large; it is not clamped. */
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
