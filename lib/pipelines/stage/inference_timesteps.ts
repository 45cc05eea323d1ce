/**
 * The timesteps that a pipeline visits.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";
import type { SamplerName, Visits } from "../../diffusion/samplers/mod.ts";
import type { SchedulerSettings } from "../../diffusion/scheduler_config.ts";
import { maxSteps, visitsOf } from "../../diffusion/scheduler_run.ts";
import { customTimesteps } from "../../diffusion/timesteps.ts";
import { assertOptions } from "../../options.ts";
import { timestepsChoiceNames } from "./option_names.ts";

/** How a pipeline's timesteps are chosen: by their number or by a list, not both. */
export interface TimestepsChoice {
  /** How many steps, from 1 to the schedule's length. */
  readonly numInferenceSteps?: number;
  /** A custom list, strictly descending, such as `respacedTimesteps("fast27")`. */
  readonly timesteps?: readonly number[];
}

/**
 * The timesteps of a full run: the given list, or the given number, spaced as the scheduler's configuration says
 * (leading for DeepFloyd IF: 990, 980, ..., 0 for 100 steps). A sampler may have timesteps of its own, as DPM-Solver++ does.
 *
 * @param scheduler What the scheduler's configuration says.
 * @param sampler The sampler.
 * @param choice The number or the list.
 * @param fallback The number where neither is given.
 * @throws {ArgumentError} if both are given, or the number is out of its range (which for consistency models ends with the timesteps
 * that they were distilled on), or the list is not strictly descending or leaves the schedule.
 */
export function inferenceTimesteps(
  scheduler: SchedulerSettings,
  sampler: SamplerName,
  choice: TimestepsChoice,
  fallback: number,
): number[] {
  return [...inferenceVisits(scheduler, sampler, choice, fallback).timesteps];
}

/**
 * {@linkcode inferenceTimesteps}, and what networks are conditioned on instead, if different: options of `sample`.
 *
 * @param scheduler What the scheduler's configuration says.
 * @param sampler The sampler.
 * @param choice The number or the list.
 * @param fallback The number where neither is given.
 * @throws {ArgumentError} as {@linkcode inferenceTimesteps}.
 */
export function inferenceVisits(
  scheduler: SchedulerSettings,
  sampler: SamplerName,
  choice: TimestepsChoice,
  fallback: number,
): Visits {
  assertOptions(choice, timestepsChoiceNames);
  const { numInferenceSteps, timesteps } = choice;
  const { schedule, spacing, stepsOffset: offset = 0 } = scheduler;
  if (timesteps) {
    if (numInferenceSteps !== undefined) {
      throw new ArgumentError("numInferenceSteps", numInferenceSteps, "none beside timesteps");
    }
    return { timesteps: customTimesteps(timesteps, schedule.length) };
  }
  const count = numInferenceSteps ?? fallback;
  const most = maxSteps(scheduler, sampler);
  if (!(Number.isInteger(count) && count >= 1 && count <= most)) {
    throw new ArgumentError("numInferenceSteps", count, `a whole number from 1 to ${most}`, {
      note: most < schedule.length ? `by the sampler ${sampler}` : undefined,
    });
  }
  try {
    return visitsOf(scheduler, sampler, count);
  } catch (error) {
    if (!(error instanceof ArgumentError && error.argument === "offset" && spacing === "leading")) {
      throw error;
    }
    throw new ArgumentError("numInferenceSteps", count, "fewer", {
      note: `with the scheduler's steps_offset of ${offset} they leave its ${schedule.length} timesteps`,
      plural: true,
    });
  }
}
