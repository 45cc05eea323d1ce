/**
 * The continuous schedule of flow matching.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";

/**
 * The straight paths of flow matching (Lipman et al. 2023; rectified flow, Liu et al. 2023): `alpha(t) = 1 - t`,
 * `sigma(t) = t`. A timestep is a real number in (0, 1]; 0 is the clean image, and at 1 there is nothing but
 * noise. Plain data.
 */
export interface FlowSchedule {
  /** Tells the kinds of schedules apart. */
  readonly kind: "flow";
  /** How {@linkcode flowTimesteps} are moved towards the noise: 1 leaves them as they are. */
  readonly shift: number;
}

/**
 * The schedule of flow matching, as in `FlowMatchEulerDiscreteScheduler` of diffusers, whose timesteps are 1000 times
 * these. Sampling starts from standard normal noise at timestep 1.
 *
 * @param shift How timesteps are moved towards the noise, above 0; 3 in Stable Diffusion 3, defaults to 1.
 * @throws {ArgumentError} if `shift` is out of its range.
 *
 * @example
 * ```ts
 * flowTimesteps(4, flowSchedule(3)); // [1, 0.9, 0.75, 0.5]
 * ```
 */
export function flowSchedule(shift = 1): FlowSchedule {
  if (!(shift > 0 && shift < Infinity)) {
    throw new ArgumentError("shift", shift, "a finite number above 0");
  }
  return { kind: "flow", shift };
}

/**
 * A timestep moved towards the noise: `shift t / (1 + (shift - 1) t)` (Esser et al. 2024, "Scaling Rectified Flow
 * Transformers", eq. 23, where `shift` is `sqrt(m / n)`).
 *
 * @param t The timestep, in [0, 1].
 * @param shift How far, above 0; 1 leaves it as it is.
 */
export function shiftTimestep(t: number, shift: number): number {
  return shift * t / (1 + (shift - 1) * t);
}

/**
 * Timesteps of flow matching: evenly from 1 to `last`, each shifted by {@linkcode shiftTimestep}.
 *
 * @param count How many timesteps, at least 1; one alone is 1.
 * @param schedule The schedule, with its shift.
 * @param last The last timestep before the shift, in (0, 1); defaults to `1 / count`, so that without a shift all steps
 * are equal (Flux). The scheduler of diffusers itself, as Stable Diffusion 3 uses it, has `shiftTimestep(1 / 1000, shift)`.
 * @returns The timesteps, strictly descending.
 * @throws {ArgumentError} if `count` or `last` is out of its range.
 */
export function flowTimesteps(count: number, schedule: FlowSchedule, last = 1 / count): number[] {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new ArgumentError("count", count, "a whole number of at least 1");
  }
  if (count === 1) return [1];
  if (!(last > 0 && last < 1)) throw new ArgumentError("last", last, "a number in (0, 1)");
  return Array.from({ length: count }, (_, k) => {
    return shiftTimestep(1 - k * (1 - last) / (count - 1), schedule.shift);
  });
}
