/**
 * Noise schedules: how much of an image is left at each timestep, and how much noise there is.
 *
 * At timestep `t` an image is `x = alpha(t) x0 + sigma(t) noise`. A schedule is plain data; whatever depends on it is a
 * function here, so that samplers need not know its kind.
 *
 * @module
 */

import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import { assertSameShape, type Tensor } from "../tensor.ts";
import type { DiscreteSchedule } from "./schedules/discrete.ts";
import type { EdmSchedule } from "./schedules/edm.ts";
import type { FlowSchedule } from "./schedules/flow.ts";

export * from "./schedules/discrete.ts";
export * from "./schedules/edm.ts";
export * from "./schedules/flow.ts";

/** A schedule whose timesteps are real numbers; 0 is the clean image. */
export type ContinuousSchedule = EdmSchedule | FlowSchedule;

/** A noise schedule, discrete or continuous. Plain data: it survives `structuredClone`. */
export type NoiseSchedule = DiscreteSchedule | ContinuousSchedule;

/** Whether a schedule has discrete timesteps. */
export function isDiscrete(schedule: NoiseSchedule): schedule is DiscreteSchedule {
  return "alphasCumprod" in schedule;
}

/** The timestep of the clean image: -1 in a discrete schedule, 0 in a continuous one. */
export function cleanTimestep(schedule: NoiseSchedule): number {
  return isDiscrete(schedule) ? -1 : 0;
}

/** The noisiest timestep. */
export function lastTimestep(schedule: NoiseSchedule): number {
  if (isDiscrete(schedule)) return schedule.length - 1;
  return schedule.kind === "edm" ? schedule.sigmaMax : 1;
}

/**
 * Throws unless `t` is a timestep of noisy images.
 *
 * @throws {ArgumentError} if it is not: not from 0 to the last timestep of a discrete schedule, or not above 0 and at most the
 * last timestep of a continuous one.
 */
export function assertTimestep(schedule: NoiseSchedule, t: number): void {
  const last = lastTimestep(schedule);
  if (isDiscrete(schedule)) {
    if (t >= 0 && t <= last) return;
    throw new ArgumentError("t", t, `a number from 0 to ${last}`);
  }
  if (t > 0 && t <= last) return;
  throw new ArgumentError("t", t, `a number in (0, ${last}]`);
}

/**
 * The scale of the signal at timestep `t`: the factor of the clean image, in [0, 1]; 1 at the clean timestep.
 *
 * @throws {ArgumentError} if `t` is out of the schedule.
 */
export function alpha(schedule: NoiseSchedule, t: number): number {
  return Math.sqrt(alphaBar(schedule, t));
}

/**
 * The scale of the noise at timestep `t`: its standard deviation, 0 at the clean timestep.
 *
 * @throws {ArgumentError} if `t` is out of the schedule.
 */
export function sigma(schedule: NoiseSchedule, t: number): number {
  return Math.sqrt(noiseVariance(schedule, t));
}

/**
 * The square of {@linkcode alpha}, exact where a discrete schedule has it in its table: the part of the signal's variance
 * that is left at timestep `t`, in [0, 1]; 1 at the clean timestep.
 *
 * @throws {ArgumentError} if `t` is neither -1 nor from 0 to the last timestep of a discrete schedule, or not within a
 * continuous one.
 */
export function alphaBar(schedule: NoiseSchedule, t: number): number {
  if (isDiscrete(schedule)) {
    if (t === -1) return 1;
    const value = schedule.alphasCumprod[t];
    return value !== undefined ? value : 1 / (1 + betweenTimesteps(schedule, t) ** 2);
  }
  assertInside(schedule, t);
  return schedule.kind === "edm" ? 1 : (1 - t) ** 2;
}

/**
 * The square of {@linkcode sigma}: the variance of the noise at timestep `t`, `1 - alphaBar` in a discrete schedule; 0 at
 * the clean timestep.
 *
 * @throws {ArgumentError} if `t` is out of the schedule.
 */
export function noiseVariance(schedule: NoiseSchedule, t: number): number {
  if (isDiscrete(schedule)) return 1 - alphaBar(schedule, t);
  assertInside(schedule, t);
  return t * t;
}

/**
 * The variance of the noise that the forward process adds on the way from timestep `tNext` to the noisier `t`:
 * `sigma(t)^2 - (alpha(t) / alpha(tNext))^2 sigma(tNext)^2`, DDPM's beta over a stride of any length (Kingma et al. 2021,
 * "Variational Diffusion Models", appendix A.1).
 *
 * @throws {ArgumentError} if a timestep is out of the schedule.
 */
export function transitionVariance(schedule: NoiseSchedule, t: number, tNext: number): number {
  const decay = alphaBar(schedule, t) / alphaBar(schedule, tNext);
  // The same where the variance is preserved, and nothing cancels.
  if (isDiscrete(schedule)) return 1 - decay;
  return noiseVariance(schedule, t) - decay * noiseVariance(schedule, tNext);
}

/**
 * The signal-to-noise ratio at timestep `t`: `alpha^2 / sigma^2`, infinite at the clean timestep.
 *
 * @throws {ArgumentError} if `t` is out of the schedule.
 */
export function snr(schedule: NoiseSchedule, t: number): number {
  return alphaBar(schedule, t) / noiseVariance(schedule, t);
}

/**
 * Half the logarithm of the signal-to-noise ratio, the `lambda` of DPM-Solver (Lu et al. 2022, section 2): the clock
 * in which the solvers' steps are measured. Infinite at the clean timestep, and minus infinity where no signal is left.
 *
 * @throws {ArgumentError} if `t` is out of the schedule.
 */
export function halfLogSnr(schedule: NoiseSchedule, t: number): number {
  return Math.log(snr(schedule, t)) / 2;
}

/**
 * The forward process: `alpha x0 + sigma noise` (Ho et al. 2020, eq. 4, where these are `sqrt(alphaBar)` and
 * `sqrt(1 - alphaBar)`).
 *
 * @param x0 The clean images, `[N, ...]`.
 * @param noise Standard normal noise, shaped as `x0`.
 * @param t The timestep of all images, or one for each of the N images.
 * @param schedule The noise schedule.
 * @returns The noisy images, shaped as `x0`.
 * @throws {ArgumentError} if the shapes differ, or a timestep is out of the schedule, or there are not N of them.
 *
 * @example
 * ```ts
 * import { cosineSchedule } from "@denoise/denoise";
 *
 * const schedule = cosineSchedule();
 * const x0 = { data: new Float32Array([1, -1]), shape: [2, 1] };
 * const noise = { data: new Float32Array([0.5, 0.5]), shape: [2, 1] };
 * const noisy = addNoise(x0, noise, 500, schedule);
 * ```
 */
export function addNoise(
  x0: Tensor,
  noise: Tensor,
  t: number | readonly number[],
  schedule: NoiseSchedule,
): Tensor {
  assertSameShape(x0, noise, "noise");
  const levels = typeof t === "number" ? [t] : t;
  if (typeof t !== "number" && t.length !== x0.shape[0]) {
    throw new ArgumentError(
      "t",
      described(`${t.length} timesteps`),
      `one for each of ${x0.shape[0]} images`,
    );
  }
  const out = new Float32Array(x0.data.length);
  const size = out.length / levels.length;
  levels.forEach((level, n) => {
    const [signal, spread] = [alpha(schedule, level), sigma(schedule, level)];
    for (let i = n * size; i < (n + 1) * size; i++) out[i] = signal * x0.data[i] + spread * noise.data[i];
  });
  return { data: out, shape: x0.shape };
}

/** `sigma / alpha` between two discrete timesteps, its logarithm interpolated, as the solvers of diffusers do. */
function betweenTimesteps(schedule: DiscreteSchedule, t: number): number {
  if (!(t > 0 && t < schedule.length - 1)) {
    throw new ArgumentError("t", t, `-1 or a number from 0 to ${schedule.length - 1}`);
  }
  const below = Math.floor(t);
  const [low, high] = [below, below + 1].map((at) => -halfLogSnr(schedule, at));
  return Math.exp(low + (t - below) * (high - low));
}

function assertInside(schedule: ContinuousSchedule, t: number): void {
  const last = lastTimestep(schedule);
  if (t >= 0 && t <= last) return;
  throw new ArgumentError("t", t, `a number in [0, ${last}]`);
}
