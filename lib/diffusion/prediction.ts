/**
 * Prediction types of networks, and conversions between them.
 *
 * With `x = alpha x0 + sigma noise`, any one of noise, clean image and velocity gives the other two. The library speaks of
 * noise estimates everywhere; the output of a network of another type is converted. Its clean images are kept too: where
 * almost no signal is left, they cannot be recovered from the noise.
 *
 * @module
 */

import { ArgumentError } from "../argument_error.ts";
import { assertSameShape, combine, type Tensor } from "../tensor.ts";
import { alpha, alphaBar, type NoiseSchedule, noiseVariance, sigma } from "./schedule.ts";
import type { Prediction, PredictionType } from "./types.ts";

/** The factors of a sum of two tensors. */
type Factors = readonly [number, number];

/** A prediction type at a timestep: each of its quantities as a sum of two others. */
interface Conversion {
  /** The training target, from the noise and the clean image. */
  readonly target: Factors;
  /** The output equivalent to a noise estimate, from the noise and `x`. */
  readonly output: Factors;
  /** The noise, from the output and `x`. */
  readonly noise: Factors;
  /** The clean image, from the output and `x`. */
  readonly clean: Factors;
}

/** The prediction types, for signal scale `a`, noise scale `s`, and `r2 = a^2 + s^2`, which is 1 where the variance is preserved. */
const conversions: Readonly<Record<PredictionType, (a: number, s: number, r2: number) => Conversion>> = {
  /** The noise (Ho et al. 2020, eq. 14; its clean image eq. 15). */
  epsilon: (a, s) => ({ target: [1, 0], output: [1, 0], noise: [1, 0], clean: [-s / a, 1 / a] }),
  /** The clean image. */
  sample: (a, s) => ({ target: [0, 1], output: [-s / a, 1 / a], noise: [-a / s, 1 / s], clean: [1, 0] }),
  /** The velocity (Salimans & Ho 2022, appendix D) of `x / r`, whose variance is preserved. */
  v_prediction: (a, s, r2) => {
    const r = Math.sqrt(r2);
    return {
      target: [a / r, -s / r],
      output: [r / a, -s / a / r],
      noise: [a / r, s / r2],
      clean: [-s / r, a / r2],
    };
  },
  /** The velocity of the straight path from the clean image to the noise (Liu et al. 2023, eq. 1). */
  flow_prediction: (a, s) => {
    const sum = a + s;
    return {
      target: [1, -1],
      output: [sum / a, -1 / a],
      noise: [a / sum, 1 / sum],
      clean: [-s / sum, 1 / sum],
    };
  },
};

/**
 * The noise estimate that a network's output implies.
 *
 * - `epsilon`: the output itself (Ho et al. 2020, eq. 14).
 * - `v_prediction`: `alpha v + sigma x` where the variance is preserved (Salimans & Ho 2022, appendix D).
 * - `sample`: `(x - alpha output) / sigma`.
 * - `flow_prediction`: `x + (1 - t) v` in the schedule of flow matching, `(x + alpha v) / (alpha + sigma)` in any.
 *
 * @param type What the network estimates.
 * @param output The network's output, shaped as `x`.
 * @param x The noisy images it saw.
 * @param t Their timestep.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if the type is unknown, the shapes differ, or `t` is out of the schedule or leaves the noise open.
 */
export function noiseFromPrediction(
  type: PredictionType,
  output: Tensor,
  x: Tensor,
  t: number,
  schedule: NoiseSchedule,
): Tensor {
  assertSameShape(x, output, "output");
  return weighed(conversion(type, t, schedule).noise, output, x, t);
}

/**
 * The clean images that a network's output implies, each computed from the output itself. By way of the noise they
 * would be divided by `alpha`, 5e-5 at the end of the cosine schedule, and so would be its rounding.
 *
 * - `epsilon`: {@linkcode cleanFromNoise} of the output.
 * - `v_prediction`: `alpha x - sigma v` where the variance is preserved (Salimans & Ho 2022, appendix D).
 * - `sample`: the output itself.
 * - `flow_prediction`: `x - t v` in the schedule of flow matching, `(x - sigma v) / (alpha + sigma)` in any.
 *
 * @param type What the network estimates.
 * @param output The network's output, shaped as `x`.
 * @param x The noisy images it saw.
 * @param t Their timestep.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if the type is unknown, the shapes differ, or `t` is out of the schedule or leaves the images open.
 */
export function cleanFromPrediction(
  type: PredictionType,
  output: Tensor,
  x: Tensor,
  t: number,
  schedule: NoiseSchedule,
): Tensor {
  assertSameShape(x, output, "output");
  return weighed(conversion(type, t, schedule).clean, output, x, t);
}

/**
 * The prediction of a network's output: the noise, and from velocities or clean images the clean images too. Neither
 * is computed from the other.
 *
 * @param type What the network estimates.
 * @param output The network's output, shaped as `x`.
 * @param x The noisy images it saw.
 * @param t Their timestep.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if the type is unknown, the shapes differ, or `t` is out of the schedule.
 *
 * @example
 * ```ts
 * import { cosineSchedule, Generator } from "@denoise/denoise";
 *
 * const [x, v] = [0, 1].map((seed) => new Generator(seed).randn([1, 3, 8, 8]));
 * const { noise, x0 } = predictionFromOutput("v_prediction", v, x, 999, cosineSchedule());
 * ```
 */
export function predictionFromOutput(
  type: PredictionType,
  output: Tensor,
  x: Tensor,
  t: number,
  schedule: NoiseSchedule,
): Prediction {
  const noise = noiseFromPrediction(type, output, x, t, schedule);
  return type === "epsilon" ? { noise } : { noise, x0: cleanFromPrediction(type, output, x, t, schedule) };
}

/**
 * The training target of a network of a type.
 *
 * - `epsilon`: the noise.
 * - `v_prediction`: `alpha noise - sigma x0`, over `sqrt(alpha^2 + sigma^2)`, which is 1 where the variance is preserved
 *   (Salimans & Ho 2022, appendix D).
 * - `sample`: the clean images.
 * - `flow_prediction`: `noise - x0`.
 *
 * @param type What the network estimates.
 * @param x0 The clean images.
 * @param noise The noise added to them, shaped as `x0`.
 * @param t The timestep to which they were noised.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if the type is unknown, the shapes differ, or `t` is out of the schedule.
 */
export function predictionTarget(
  type: PredictionType,
  x0: Tensor,
  noise: Tensor,
  t: number,
  schedule: NoiseSchedule,
): Tensor {
  assertSameShape(x0, noise, "noise");
  return weighed(conversion(type, t, schedule).target, noise, x0, t);
}

/**
 * The output of a network of a type that is equivalent to a noise estimate: the inverse of {@linkcode noiseFromPrediction}. Where
 * the clean images are known too, {@linkcode predictionTarget} gives it without a loss of digits at the last timesteps.
 *
 * @param type What the network estimates.
 * @param noise The noise in `x`, shaped as `x`.
 * @param x The noisy images.
 * @param t Their timestep.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if the type is unknown, the shapes differ, or `t` is out of the schedule or leaves no signal.
 */
export function predictionFromNoise(
  type: PredictionType,
  noise: Tensor,
  x: Tensor,
  t: number,
  schedule: NoiseSchedule,
): Tensor {
  assertSameShape(x, noise, "noise");
  return weighed(conversion(type, t, schedule).output, noise, x, t);
}

/**
 * The clean images that a noise estimate implies: `(x - sigma noise) / alpha`, the forward process solved for `x0`
 * (Ho et al. 2020, eq. 15).
 *
 * @param x The noisy images.
 * @param noise The noise estimate, shaped as `x`.
 * @param t Their timestep.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if the shapes differ, or `t` is out of the schedule or leaves no signal (1 in flow matching).
 */
export function cleanFromNoise(x: Tensor, noise: Tensor, t: number, schedule: NoiseSchedule): Tensor {
  assertSameShape(x, noise, "noise");
  return weighed(conversion("epsilon", t, schedule).clean, noise, x, t);
}

/**
 * The noise that clean images imply: `(x - alpha x0) / sigma`, the inverse of {@linkcode cleanFromNoise}.
 *
 * @param x The noisy images.
 * @param x0 The clean images, shaped as `x`.
 * @param t The timestep of `x`.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if the shapes differ, or `t` is out of the schedule or leaves no noise (the clean timestep).
 */
export function noiseFromClean(x: Tensor, x0: Tensor, t: number, schedule: NoiseSchedule): Tensor {
  assertSameShape(x, x0, "x0");
  return weighed(conversion("sample", t, schedule).noise, x0, x, t);
}

function conversion(type: PredictionType, t: number, schedule: NoiseSchedule): Conversion {
  if (!Object.hasOwn(conversions, type)) {
    throw new ArgumentError("type", type, "epsilon, v_prediction, sample or flow_prediction");
  }
  const [a, s] = [alpha(schedule, t), sigma(schedule, t)];
  return conversions[type](a, s, alphaBar(schedule, t) + noiseVariance(schedule, t));
}

/** `a x + b y`; one of them as it is where the other has no part in it. */
function weighed([a, b]: Factors, x: Tensor, y: Tensor, t: number): Tensor {
  if (!(Number.isFinite(a) && Number.isFinite(b))) {
    throw new ArgumentError("t", t, "a timestep with some signal and some noise");
  }
  if (a === 1 && b === 0) return x;
  return a === 0 && b === 1 ? y : combine(a, x, b, y);
}
