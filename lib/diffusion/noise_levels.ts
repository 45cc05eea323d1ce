/**
 * Noise levels as the solvers of diffusers count them, `sigma / alpha`, and the timesteps between which they lie.
 *
 * @module
 */

import { betaQuantile } from "./beta_quantile.ts";
import { type DiscreteSchedule, halfLogSnr, isDiscrete, type NoiseSchedule } from "./schedule.ts";

/** How noise levels are spaced, by the names of diffusers: `use_karras_sigmas` and so on. */
export type LevelSpacing = "karras" | "exponential" | "beta" | "lu";

/** The timesteps that a run visits. */
export interface Visits {
  /** The timesteps, strictly descending. */
  readonly timesteps: readonly number[];
  /** What networks are conditioned on for them, where it is another: `SampleOptions.conditioningTimesteps`. */
  readonly conditioningTimesteps?: ReadonlyMap<number, number>;
}

/** `sigma / alpha` of each timestep, rounded as PyTorch does. */
export function levelsOf({ alphasCumprod }: DiscreteSchedule): Float32Array {
  return alphasCumprod.map((bar) => Math.sqrt(Math.fround(Math.fround(1 - bar) / bar)));
}

/**
 * Noise levels between two others, both included, by a spacing:
 *
 * - `karras`: evenly in `sigma^(1/7)` (Karras et al. 2022, eq. 5);
 * - `exponential`: evenly in `log sigma`;
 * - `lu`: evenly in the half log-SNR (Lu et al. 2022, "DPM-Solver", section 3), which is the same;
 * - `beta`: by the quantiles of a beta distribution (Lee et al. 2024, "Beta Sampling is All You Need").
 *
 * @param spacing How they are spaced.
 * @param max The noisiest.
 * @param min The least noisy.
 * @param count How many; one alone is the noisiest.
 * @returns The levels, descending.
 */
export function spacedLevels(spacing: LevelSpacing, max: number, min: number, count: number): number[] {
  const ramp = Array.from({ length: count }, (_, k) => count > 1 ? k / (count - 1) : 0);
  switch (spacing) {
    case "karras": {
      const [first, last] = [max ** (1 / 7), min ** (1 / 7)];
      return ramp.map((u) => (first + u * (last - first)) ** 7);
    }
    case "exponential":
    case "lu": {
      const [first, last] = [Math.log(max), Math.log(min)];
      return ramp.map((u) => Math.exp(first + u * (last - first)));
    }
    case "beta":
      return ramp.map((u) => min + betaQuantile(1 - u) * (max - min));
  }
}

/**
 * The timestep of a noise level, the inverse of `sigma(t) / alpha(t)` in a discrete schedule and of `sigma(t)` in a continuous one.
 *
 * @param schedule The noise schedule.
 * @param level The level; beyond those of a discrete schedule its first or last timestep.
 */
export function timestepOfLevel(schedule: NoiseSchedule, level: number): number {
  if (!isDiscrete(schedule)) return level;
  return between((t) => -halfLogSnr(schedule, t), schedule.length, Math.log(level));
}

/**
 * The timestep that diffusers finds for a noise level, by logarithms in single precision.
 *
 * @param levels Those of all timesteps, {@linkcode levelsOf}.
 * @param level The level.
 */
export function diffusersTimestep(levels: Float32Array, level: number): number {
  return between((t) => Math.fround(Math.log(levels[t])), levels.length, Math.log(level));
}

/** The level at a timestep, interpolated in `sigma / alpha` itself. */
export function interpolatedLevel(levels: Float32Array, t: number): number {
  const below = Math.min(Math.floor(t), levels.length - 2);
  return levels.length === 1 ? levels[0] : levels[below] + (t - below) * (levels[below + 1] - levels[below]);
}

/**
 * Visits of noise levels of a discrete schedule.
 *
 * @param schedule The noise schedule.
 * @param levels The levels, descending.
 * @param conditioning What networks are conditioned on for each.
 */
export function visitsOfLevels(
  schedule: DiscreteSchedule,
  levels: readonly number[],
  conditioning: readonly number[],
): Visits {
  const table = levelsOf(schedule);
  const timesteps = levels.map((level, i) => {
    // A level of the table is its timestep's, to the last digit.
    return table[conditioning[i]] === level ? conditioning[i] : timestepOfLevel(schedule, level);
  });
  return {
    timesteps,
    conditioningTimesteps: new Map(timesteps.map((t, i) => [t, conditioning[i]])),
  };
}

/** Where a rising function has a value, linearly between whole numbers. */
function between(at: (t: number) => number, length: number, value: number): number {
  let [low, high] = [0, length - 1];
  if (high === 0) return 0;
  while (high - low > 1) {
    const middle = low + high >> 1;
    if (at(middle) <= value) low = middle;
    else high = middle;
  }
  const share = (value - at(low)) / (at(high) - at(low));
  return low + Math.min(Math.max(share, 0), 1);
}
