/**
 * What networks estimate, and how one estimate follows from another.
 *
 * With `x = sqrt(alphaBar) x0 + sqrt(1 - alphaBar) noise`, any one of noise, clean picture and velocity gives the
 * other two. The library speaks of noise estimates everywhere; a network of another type is converted at its border.
 *
 * @module
 */

import { assertSameShape, combine, type Tensor } from "../tensor.ts";
import { alphaBar, type NoiseSchedule } from "./schedule.ts";
import type { PredictionType } from "./types.ts";

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
 * @throws {RangeError} if the type is unknown, the shapes differ, or `t` is out of the schedule.
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
 * What a network of a type should say where the noise is known: the inverse of {@linkcode noiseFromPrediction}, and
 * the target of its training.
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
 * @throws {RangeError} if the type is unknown, the shapes differ, or `t` is out of the schedule.
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
 * @throws {RangeError} if the shapes differ, or `t` is out of the schedule.
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
 * @throws {RangeError} if the shapes differ, or `t` is out of the schedule.
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

function unknownType(type: never): RangeError {
  return new RangeError(`type: "${type}" where epsilon, v_prediction or sample is expected`);
}
