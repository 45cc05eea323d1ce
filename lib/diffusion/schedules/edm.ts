/**
 * The continuous, variance-exploding schedule of EDM.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import { assertOptions, type OptionNames } from "../../options.ts";

/**
 * The noise levels of EDM (Karras et al. 2022, table 1): `alpha(t) = 1`, `sigma(t) = t`. A timestep is the standard
 * deviation of the noise, a real number in (0, sigmaMax]; 0 is the clean image. Plain data.
 */
export interface EdmSchedule {
  /** Tells the kinds of schedules apart. */
  readonly kind: "edm";
  /** The least noisy timestep that {@linkcode karrasTimesteps} visits, above 0. */
  readonly sigmaMin: number;
  /** The noisiest timestep, above `sigmaMin`. */
  readonly sigmaMax: number;
}

/** The options of {@linkcode edmSchedule}. */
export interface EdmScheduleOptions {
  /** The least noisy timestep to visit, above 0; defaults to 0.002. */
  readonly sigmaMin?: number;
  /** The noisiest timestep, finite and above `sigmaMin`; defaults to 80. */
  readonly sigmaMax?: number;
}

const edmScheduleOptionNames: OptionNames<EdmScheduleOptions> = { sigmaMin: true, sigmaMax: true };

/**
 * The schedule of EDM, for images whose standard deviation is about 0.5 (Karras et al. 2022, table 1). Sampling starts
 * from `sigmaMax` times standard normal noise.
 *
 * @param options The range of noise levels.
 * @throws {ArgumentError} if the range is empty or not within (0, infinity).
 *
 * @example
 * ```ts
 * karrasTimesteps(3, edmSchedule()); // [80, 2.5152..., 0.002]
 * ```
 */
export function edmSchedule(options: EdmScheduleOptions = {}): EdmSchedule {
  assertOptions(options, edmScheduleOptionNames);
  const { sigmaMin = 0.002, sigmaMax = 80 } = options;
  if (!(sigmaMin > 0 && sigmaMin < Infinity)) {
    throw new ArgumentError("sigmaMin", sigmaMin, "a finite number above 0");
  }
  if (!(sigmaMax > sigmaMin && sigmaMax < Infinity)) {
    throw new ArgumentError("sigmaMax", sigmaMax, `a finite number above the sigmaMin of ${sigmaMin}`);
  }
  return { kind: "edm", sigmaMin, sigmaMax };
}

/**
 * The timesteps of EDM (Karras et al. 2022, eq. 5): from `sigmaMax` to `sigmaMin`, evenly in `t^(1 / rho)`.
 *
 * @param count How many timesteps, at least 1; one alone is `sigmaMax`.
 * @param schedule The schedule.
 * @param rho How much shorter the steps are at low noise, at least 1, where they are even; defaults to 7.
 * @returns The timesteps, strictly descending.
 * @throws {ArgumentError} if `count` or `rho` is out of its range.
 */
export function karrasTimesteps(count: number, schedule: EdmSchedule, rho = 7): number[] {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new ArgumentError("count", count, "a whole number of at least 1");
  }
  if (!(rho >= 1 && rho < Infinity)) {
    throw new ArgumentError("rho", rho, "a finite number of at least 1");
  }
  const { sigmaMin, sigmaMax } = schedule;
  const [first, last] = [sigmaMax ** (1 / rho), sigmaMin ** (1 / rho)];
  // The ends as they are: a power of a root is off by its rounding, and out of the schedule perhaps.
  return Array.from({ length: count }, (_, k) => {
    if (k === 0) return sigmaMax;
    return k === count - 1 ? sigmaMin : (first + k / (count - 1) * (last - first)) ** rho;
  });
}
