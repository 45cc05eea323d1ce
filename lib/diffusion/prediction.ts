/**
 * What networks estimate, and how one estimate follows from another.
 *
 * With `x = sqrt(alphaBar) x0 + sqrt(1 - alphaBar) noise`, any one of noise, clean picture and velocity gives the
 * other two. The library speaks of noise estimates everywhere; a network of another type is converted at its border. Its
clean pictures are kept beside: where next to nothing of the signal is left, they cannot be had back from the noise.
 *
 * @module
 */

import { ArgumentError } from "../argument_error.ts";
import { assertSameShape, combine, type Tensor } from "../tensor.ts";
import { alphaBar, type NoiseSchedule } from "./schedule.ts";
import type { Prediction, PredictionType } from "./types.ts";

/**
 * The noise estimate that a network's output means.
 *
 * - `epsilon`: the output itself (Ho et al. 2020, eq. 14).
 * - `v_prediction`: `sqrt(alphaBar) v + sqrt(1 - alphaBar) x` (Salimans & Ho 2022, appendix D).
 * - `sample`: `(x - sqrt(alphaBar) output) / sqrt(1 - alphaBar)`.
 *
 * @param type What the network estimates.
 * @param output The network's output, shaped as `x`.
 * @param x The noisy pictures it saw.
 * @param t Their timestep.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if the type is unknown, the shapes differ, or `t` is out of the schedule.
 */
export function noiseFromPrediction(
  type: PredictionType,
  output: Tensor,
  x: Tensor,
  t: number,
  schedule: NoiseSchedule,
): Tensor {
  assertSameShape(x, output, "output");
  const [signal, sigma] = amplitudes(t, schedule);
  switch (type) {
    case "epsilon":
      return output;
    case "v_prediction":
      return combine(signal, output, sigma, x);
    case "sample":
      return combine(-signal / sigma, output, 1 / sigma, x);
    default:
      throw unknownType(type);
  }
}

/**
 * The clean pictures that a network's output means, each from what the network says itself. By way of the noise they
 * would be divided by `sqrt(alphaBar)`, 5e-5 at the end of the cosine schedule, and so would be its rounding.
 *
 * - `epsilon`: {@linkcode cleanFromNoise} of the output.
 * - `v_prediction`: `sqrt(alphaBar) x - sqrt(1 - alphaBar) v` (Salimans & Ho 2022, appendix D).
 * - `sample`: the output itself.
 *
 * @param type What the network estimates.
 * @param output The network's output, shaped as `x`.
 * @param x The noisy pictures it saw.
 * @param t Their timestep.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if the type is unknown, the shapes differ, or `t` is out of the schedule.
 */
export function cleanFromPrediction(
  type: PredictionType,
  output: Tensor,
  x: Tensor,
  t: number,
  schedule: NoiseSchedule,
): Tensor {
  assertSameShape(x, output, "output");
  const [signal, sigma] = amplitudes(t, schedule);
  switch (type) {
    case "epsilon":
      return cleanFromNoise(x, output, t, schedule);
    case "v_prediction":
      return combine(signal, x, -sigma, output);
    case "sample":
      return output;
    default:
      throw unknownType(type);
  }
}

/**
 * What a network's output says: the noise, and of a network that estimates velocities or clean pictures these too. Neither
 * is computed by way of the other.
 *
 * @param type What the network estimates.
 * @param output The network's output, shaped as `x`.
 * @param x The noisy pictures it saw.
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
 * What a network of a type should say of noised pictures: the target of its training.
 *
 * - `epsilon`: the noise.
 * - `v_prediction`: `sqrt(alphaBar) noise - sqrt(1 - alphaBar) x0` (Salimans & Ho 2022, appendix D).
 * - `sample`: the clean pictures.
 *
 * @param type What the network estimates.
 * @param x0 The clean pictures.
 * @param noise The noise that was put into them, shaped as `x0`.
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
  const [signal, sigma] = amplitudes(t, schedule);
  switch (type) {
    case "epsilon":
      return noise;
    case "v_prediction":
      return combine(signal, noise, -sigma, x0);
    case "sample":
      return x0;
    default:
      throw unknownType(type);
  }
}

/**
 * What a network of a type should say where only the noise is known: the inverse of {@linkcode noiseFromPrediction}. Where
 * the clean pictures are known too, {@linkcode predictionTarget} gives it without a loss of digits at the last timesteps.
 *
 * - `epsilon`: the noise itself.
 * - `v_prediction`: `sqrt(alphaBar) noise - sqrt(1 - alphaBar) x0`, here from `x` in place of `x0`.
 * - `sample`: `x0`.
 *
 * @param type What the network estimates.
 * @param noise The noise in `x`, shaped as `x`.
 * @param x The noisy pictures.
 * @param t Their timestep.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if the type is unknown, the shapes differ, or `t` is out of the schedule.
 */
export function predictionFromNoise(
  type: PredictionType,
  noise: Tensor,
  x: Tensor,
  t: number,
  schedule: NoiseSchedule,
): Tensor {
  assertSameShape(x, noise, "noise");
  const [signal, sigma] = amplitudes(t, schedule);
  switch (type) {
    case "epsilon":
      return noise;
    case "v_prediction":
      return combine(1 / signal, noise, -sigma / signal, x);
    case "sample":
      return cleanFromNoise(x, noise, t, schedule);
    default:
      throw unknownType(type);
  }
}

/**
 * The clean pictures that a noise estimate implies: `(x - sqrt(1 - alphaBar) noise) / sqrt(alphaBar)`, the forward
 * process solved for `x0` (Ho et al. 2020, eq. 15).
 *
 * @param x The noisy pictures.
 * @param noise The noise estimate, shaped as `x`.
 * @param t Their timestep.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if the shapes differ, or `t` is out of the schedule.
 */
export function cleanFromNoise(x: Tensor, noise: Tensor, t: number, schedule: NoiseSchedule): Tensor {
  assertSameShape(x, noise, "noise");
  const [signal, sigma] = amplitudes(t, schedule);
  return combine(1 / signal, x, -sigma / signal, noise);
}

/**
 * The noise that clean pictures imply: `(x - sqrt(alphaBar) x0) / sqrt(1 - alphaBar)`, the inverse of
 * {@linkcode cleanFromNoise}.
 *
 * @param x The noisy pictures.
 * @param x0 The clean pictures, shaped as `x`.
 * @param t The timestep of `x`.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if the shapes differ, or `t` is out of the schedule.
 */
export function noiseFromClean(x: Tensor, x0: Tensor, t: number, schedule: NoiseSchedule): Tensor {
  assertSameShape(x, x0, "x0");
  const [signal, sigma] = amplitudes(t, schedule);
  return combine(1 / sigma, x, -signal / sigma, x0);
}

/** The factors of the clean picture and of the noise in a noisy picture at timestep `t`. */
function amplitudes(t: number, schedule: NoiseSchedule): [signal: number, sigma: number] {
  const remaining = alphaBar(schedule, t);
  return [Math.sqrt(remaining), Math.sqrt(1 - remaining)];
}

function unknownType(type: never): ArgumentError {
  return new ArgumentError("type", type, "epsilon, v_prediction or sample");
}
