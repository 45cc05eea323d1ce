/**
 * Which timesteps a sampler visits: descending lists of indices into a noise schedule.
 *
 * The names leading, linspace and trailing are those of Lin et al. 2024, table 2.
 *
 * @module
 */

import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import {
  type DiscreteSchedule,
  halfLogSnr,
  isDiscrete,
  lastTimestep,
  type NoiseSchedule,
} from "./schedule.ts";
import { roundHalfEven } from "../round_half_even.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/**
 * Multiples of the whole stride `floor(length / count)`, down to 0: DeepFloyd IF's spacing in diffusers. It never
 * visits the last, noisiest timestep.
 *
 * @param count How many timesteps, from 1 to `length`.
 * @param length The length of the noise schedule.
 * @throws {ArgumentError} if `count` or `length` is out of its range.
 *
 * @example
 * ```ts
 * leadingTimesteps(4); // [750, 500, 250, 0]
 * ```
 */
export function leadingTimesteps(count: number, length = 1000): number[] {
  assertStepCount(count, length);
  const stride = Math.floor(length / count);
  return Array.from({ length: count }, (_, k) => (count - 1 - k) * stride);
}

/**
 * Evenly from the last timestep to 0, both included, each rounded. One step alone is timestep 0, as in diffusers;
 * {@linkcode trailingTimesteps} is the better choice there.
 *
 * @param count How many timesteps, from 1 to `length`.
 * @param length The length of the noise schedule.
 * @throws {ArgumentError} if `count` or `length` is out of its range.
 */
export function linspaceTimesteps(count: number, length = 1000): number[] {
  assertStepCount(count, length);
  return linspace(length - 1, count).reverse();
}

/**
 * Evenly from the last timestep on, without 0: the spacing whose first step is right for any count (Lin et al. 2024).
 *
 * @param count How many timesteps, from 1 to `length`.
 * @param length The length of the noise schedule.
 * @throws {ArgumentError} if `count` or `length` is out of its range.
 */
export function trailingTimesteps(count: number, length = 1000): number[] {
  assertStepCount(count, length);
  return arangeDown(length, length / count, count).map((t) => t - 1);
}

/**
 * From `start` down by a fixed stride, as far as it goes: `stridedTimesteps(990, 30)` is 990, 960, ..., 0.
 *
 * @param start The first, noisiest timestep.
 * @param stride The difference of neighbours, at least 1.
 * @param length The length of the noise schedule.
 * @throws {ArgumentError} if `start` is out of the schedule or `stride` no whole number of at least 1.
 */
export function stridedTimesteps(start: number, stride: number, length = 1000): number[] {
  assertWhole("length", length, 1);
  assertWhole("start", start, 0, length - 1);
  assertWhole("stride", stride, 1);
  return Array.from({ length: Math.floor(start / stride) + 1 }, (_, k) => start - k * stride);
}

/**
 * Custom timesteps, checked and copied.
 *
 * @param timesteps The timesteps, strictly descending.
 * @param length The length of the noise schedule.
 * @throws {ArgumentError} if there are none, or they are not strictly descending, or leave the schedule.
 */
export function customTimesteps(timesteps: readonly number[], length = 1000): number[] {
  if (timesteps.length === 0) throw new ArgumentError("timesteps", described("empty"), "at least one");
  timesteps.forEach((t, i) => {
    const limit = i === 0 ? length : timesteps[i - 1];
    if (!(Number.isInteger(t) && t >= 0 && t < limit)) {
      throw new ArgumentError(
        `timesteps[${i}]`,
        t,
        `a whole number from 0 to ${limit - 1}`,
      );
    }
  });
  return [...timesteps];
}

/**
 * Throws unless a list of timesteps can be visited in a schedule.
 *
 * @param timesteps The timesteps, strictly descending.
 * @param schedule The noise schedule.
 * @throws {ArgumentError} if there are none, or they are not strictly descending, or leave the schedule.
 */
export function assertTimesteps(timesteps: readonly number[], schedule: NoiseSchedule): void {
  if (timesteps.length === 0) throw new ArgumentError("timesteps", described("empty"), "at least one");
  const last = lastTimestep(schedule);
  const discrete = isDiscrete(schedule);
  const start = discrete ? "[" : "(";
  timesteps.forEach((t, i) => {
    if ((discrete ? t >= 0 : t > 0) && t <= last && !(t >= timesteps[i - 1])) return;
    const range = i === 0 ? `${start}0, ${last}]` : `${start}0, ${timesteps[i - 1]})`;
    throw new ArgumentError(`timesteps[${i}]`, t, `a number in ${range}`);
  });
}

/** How DeepFloyd's named respacings divide the schedule: timesteps per section, the cleanest section first. */
const RESPACINGS: Readonly<Record<string, string>> = {
  fast27: "10,10,3,2,2",
  smart27: "7,4,2,1,2,4,7",
  smart50: "10,6,4,3,2,2,3,4,6,10",
  smart100: "1,1,1,1,2,2,2,2,2,2,3,3,4,4,5,5,6,7,7,8,9,10,13",
  smart185: "1,1,2,2,2,3,3,3,4,5,6,7,8,9,10,11,12,13,14,15,16,18,20",
  super27: "1,1,1,1,1,1,1,2,5,13",
  super40: "2,2,2,2,2,2,3,4,6,15",
  super100: "4,4,6,6,8,8,10,10,14,30",
};

/**
 * The timesteps of a respacing string, as DeepFloyd IF's own code and guided-diffusion (Nichol & Dhariwal 2021,
 * section 4) have it.
 *
 * The schedule is cut into equal sections and each is visited evenly, both of its ends included.
 *
 * @param spec One of
 * - a name: `fast27`, `smart27`, `smart50`, `smart100`, `smart185`, `super27`, `super40`, `super100`;
 * - timesteps per section, the cleanest section first: `"10,10,3,2,2"`; a single number is one section;
 * - `"ddimN"`: exactly N timesteps at a whole stride, from 0 on.
 * @param length The length of the noise schedule.
 * @throws {ArgumentError} if `spec` is none of these, asks for no timestep at all, for more than a section has, or for a
 * number that no whole stride gives.
 *
 * @example
 * ```ts
 * respacedTimesteps("fast27"); // [999, 800, 799, 600, 599, 500, ..., 22, 0]
 * ```
 */
export function respacedTimesteps(spec: string, length = 1000): number[] {
  assertWhole("length", length, 1);
  const ddim = /^ddim(\d+)$/.exec(spec);
  if (ddim) return wholeStrideTimesteps(spec, Number(ddim[1]), length);
  const sections = Object.hasOwn(RESPACINGS, spec) ? RESPACINGS[spec] : spec;
  if (!/^\d+(,\d+)*$/.test(sections)) {
    const names = Object.keys(RESPACINGS).join(", ");
    throw new ArgumentError("spec", spec, `numbers ("10,5"), "ddimN" or one of ${names}`);
  }
  const counts = sections.split(",").map(Number);
  const timesteps: number[] = [];
  let start = 0;
  counts.forEach((count, i) => {
    const size = Math.floor(length / counts.length) + (i < length % counts.length ? 1 : 0);
    if (count > size) {
      throw new ArgumentError(
        "spec",
        described(`${count} timesteps in section ${i} of "${spec}"`),
        `at most ${size}`,
      );
    }
    // Summed up like the original, not multiplied: the last bit decides how a half is rounded.
    const stride = count > 1 ? (size - 1) / (count - 1) : 1;
    for (let k = 0, offset = 0; k < count; k++, offset += stride) {
      timesteps.push(start + roundHalfEven(offset));
    }
    start += size;
  });
  if (timesteps.length === 0) {
    throw new ArgumentError("spec", spec, "at least one timestep");
  }
  return timesteps.reverse();
}

/** The options of {@linkcode dpmSolverTimesteps}. */
export interface DpmSolverTimestepsOptions {
  /** How the timesteps are spaced; by default leading, which is what DeepFloyd IF's configuration leads to. */
  readonly spacing?: "leading" | "linspace" | "trailing";
  /**
   * The smallest half log-SNR to visit, by default -5.1. The cosine schedule's last timesteps are below, where a
   * solver's step would be far too long; a linear schedule of DDPM's is not touched. Minus infinity leaves out none.
   */
  readonly lambdaMin?: number;
}

const dpmSolverTimestepsOptionNames: OptionNames<DpmSolverTimestepsOptions> = {
  spacing: true,
  lambdaMin: true,
};

/**
 * The timesteps on which diffusers runs DPM-Solver: the noisiest timesteps are left out where the signal is all but
 * gone (`lambda_min_clipped`), and leading and linspace do not visit timestep 0, since the solver's last step
 * goes to the clean image from the timestep before.
 *
 * @param count How many timesteps, from 1 to the schedule's length. Trailing gives fewer, by those that are clipped, and so do
 * the others where there are not as many: then every timestep is visited, 0 as well.
 * @param schedule The noise schedule.
 * @param options The spacing and the clipping.
 * @throws {ArgumentError} if `count` is out of its range, or the spacing is unknown.
 */
export function dpmSolverTimesteps(
  count: number,
  schedule: DiscreteSchedule,
  options: DpmSolverTimestepsOptions = {},
): number[] {
  assertOptions(options, dpmSolverTimestepsOptionNames);
  const { spacing = "leading", lambdaMin = -5.1 } = options;
  const length = unclippedLength(schedule, lambdaMin);
  assertWhole("count", count, 1, schedule.length);
  switch (spacing) {
    case "leading": {
      if (count >= length) return allTimesteps(length);
      const stride = Math.floor(length / (count + 1));
      return Array.from({ length: count }, (_, k) => (count - k) * stride);
    }
    case "linspace":
      if (count >= length) return allTimesteps(length);
      return linspace(length - 1, count + 1).reverse().slice(0, count);
    case "trailing":
      return arangeDown(length, schedule.length / count, count).map((t) => t - 1).filter((t) => t >= 0);
    default:
      throw new ArgumentError("spacing", spacing, "leading, linspace or trailing");
  }
}

/**
 * Timesteps that all come later by the same number: `steps_offset` of diffusers, with which Stable Diffusion's leading spacing ends at 1.
 *
 * @param timesteps The timesteps, descending.
 * @param offset What is added to each.
 * @param length The length of the noise schedule.
 * @throws {ArgumentError} if the offset is not a whole number from 0, or leads out of the schedule.
 */
export function offsetTimesteps(timesteps: readonly number[], offset: number, length = 1000): number[] {
  assertWhole("offset", offset, 0, length - 1 - timesteps[0]);
  return timesteps.map((t) => t + offset);
}

/**
 * The part of a list of timesteps that image-to-image visits: the last `strength` of it (SDEdit, Meng et al. 2022).
 * Begin from the image noised to the first of them.
 *
 * @param timesteps The timesteps of a full run, descending.
 * @param strength How much changes: 1 everything, towards 0 less and less.
 * @returns The last `floor(timesteps.length * strength)` timesteps.
 * @throws {ArgumentError} if `strength` is not in (0, 1], or so small that no timestep is left.
 */
export function imageToImageTimesteps(timesteps: readonly number[], strength: number): number[] {
  if (!(strength > 0 && strength <= 1)) {
    throw new ArgumentError("strength", strength, "a number in (0, 1]");
  }
  const count = Math.trunc(timesteps.length * strength);
  if (count === 0) {
    throw new ArgumentError("strength", strength, "a larger number", {
      note: `since it leaves none of ${timesteps.length} timesteps`,
    });
  }
  return timesteps.slice(timesteps.length - count);
}

/** All timesteps, for as many steps: diffusers divides by one more, and visits one timestep many times. */
function allTimesteps(length: number): number[] {
  return Array.from({ length }, (_, k) => length - 1 - k);
}

/** How many timesteps are left where the noisiest are left out, those whose half log-SNR is below `lambdaMin`. */
export function unclippedLength(schedule: DiscreteSchedule, lambdaMin: number): number {
  let { length } = schedule;
  while (length > 1 && halfLogSnr(schedule, length - 1) < lambdaMin) length--;
  return length;
}

/** `ddimN`: the whole stride that gives exactly `count` timesteps from 0 on. */
function wholeStrideTimesteps(spec: string, count: number, length: number): number[] {
  for (let stride = 1; stride <= length; stride++) {
    if (Math.ceil(length / stride) === count) return stridedTimesteps((count - 1) * stride, stride, length);
  }
  throw new ArgumentError("spec", spec, `a number that a whole stride over ${length} timesteps gives`);
}

/** `count` numbers, evenly from 0 to `end`, each rounded. */
function linspace(end: number, count: number): number[] {
  const stride = count > 1 ? end / (count - 1) : 0;
  return Array.from({ length: count }, (_, k) => roundHalfEven(k * stride));
}

/** `count` numbers from `start` down by `stride`, each rounded. */
export function arangeDown(start: number, stride: number, count: number): number[] {
  // NumPy's arange takes its stride from the difference of the first two numbers, which decides how halves round.
  const rounded = start - (start - stride);
  return Array.from({ length: count }, (_, k) => roundHalfEven(start - k * rounded));
}

/**
 * Throws unless a number of steps fits a noise schedule.
 *
 * @throws {ArgumentError} if it is not a whole number from 1 to `length`.
 */
export function assertStepCount(count: number, length: number): void {
  assertWhole("length", length, 1);
  assertWhole("count", count, 1, length);
}

function assertWhole(name: string, value: number, min: number, max = Infinity): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const range = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new ArgumentError(name, value, `a whole number ${range}`);
}
