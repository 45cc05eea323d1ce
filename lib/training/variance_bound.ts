import type { DiscreteSchedule } from "../diffusion/schedule.ts";
import type { PredictionType } from "../diffusion/types.ts";
import { add, exp, mean, mul, square, stopGradient, sub, type Value } from "../onnx/mod.ts";
import { type Tensor, tensor } from "../tensor.ts";

/** The graph's inputs that {@linkcode varianceBound} asks for: numbers of each image's timestep, all `[N, 1, 1, 1]`. */
export interface VarianceLevels {
  /** The logarithm of the largest variance, beta. */
  readonly logLargest: Value;
  /** The logarithm of the smallest, the posterior's. */
  readonly logSmallest: Value;
  /** What the square of an error of the estimate is multiplied by to be that of the posterior's mean; 0 at timestep 0. */
  readonly meanError: Value;
  /** 1, but 0 at timestep 0. */
  readonly counts: Value;
}

/**
 * The numbers of {@linkcode VarianceLevels} for given timesteps, to be fed.
 *
 * The posterior's mean is `c x0 + ...` with `c = sqrt(alphaBar') beta / (1 - alphaBar)` (Ho et al. 2020, eq. 7), and the
 * clean image that an estimate implies is off by the error of the estimate times `sqrt(1 - alphaBar)` for a velocity
 * (Salimans and Ho 2022, appendix D), that over `sqrt(alphaBar)` for noise, and that over `sqrt(alphaBar) +
 * sqrt(1 - alphaBar)` for a velocity of flow matching.
 *
 * @param steps A timestep for each image.
 * @param type What the network estimates; a clean image's error counts as it is.
 */
export function varianceLevels(
  steps: readonly number[],
  schedule: DiscreteSchedule,
  type: PredictionType,
): Record<keyof VarianceLevels, Tensor> {
  const column = (value: (t: number) => number) => {
    return tensor(Float32Array.from(steps, value), [steps.length, 1, 1, 1]);
  };
  const before = (t: number) => schedule.alphasCumprod[t - 1];
  const left = (t: number) => 1 - schedule.alphasCumprod[t];
  const cleanError = (t: number) => {
    const signal = schedule.alphasCumprod[t];
    switch (type) {
      case "sample":
        return 1;
      case "epsilon":
        return left(t) / signal;
      case "v_prediction":
        return left(t);
      case "flow_prediction":
        return left(t) / (Math.sqrt(signal) + Math.sqrt(left(t))) ** 2;
    }
  };
  return {
    logLargest: column((t) => Math.log(schedule.betas[t])),
    logSmallest: column((t) => Math.log(schedule.betas[t || 1] * (1 - before(t || 1)) / left(t || 1))),
    meanError: column((t) => t && before(t) * (schedule.betas[t] / left(t)) ** 2 * cleanError(t)),
    counts: column((t) => Math.min(t, 1)),
  };
}

/**
 * The variational bound on a learned variance (Nichol and Dhariwal 2021, eq. 15 and section 3.1): the mean over
 * images and pixels of the Kullback-Leibler divergence, in nats, of the network's step from the posterior, with the
 * network's mean held fixed. The variance is interpolated between the smallest and the largest on a logarithmic scale.
 *
 * The step from timestep 0, whose variance no sampler uses, is left out.
 *
 * @param variance The network's interpolation, nominally in [-1, 1], `[N, C, H, W]`.
 * @param error The estimate less what it should be, `[N, C, H, W]`; no gradient flows there.
 */
export function varianceBound(variance: Value, error: Value, levels: VarianceLevels): Value {
  const { logLargest, logSmallest, meanError, counts } = levels;
  return variance.graph.scope("variance_bound", () => {
    const range = mul(sub(logLargest, logSmallest), 0.5);
    // log s, over the posterior's: from 0 to 2 range.
    const above = mul(add(variance, 1), range);
    const scatter = add(1, mul(mul(square(stopGradient(error)), meanError), exp(mul(logSmallest, -1))));
    const divergence = sub(add(above, mul(scatter, exp(mul(above, -1)))), 1);
    return mul(mean(mul(divergence, counts)), 0.5);
  });
}
