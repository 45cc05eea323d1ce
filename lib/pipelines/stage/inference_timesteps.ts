/**
 * Which timesteps a pipeline visits.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";
import { type SamplerName, samplerRegistrations } from "../../diffusion/samplers/mod.ts";
import type { SchedulerSettings } from "../../diffusion/scheduler_config.ts";
import {
  customTimesteps,
  leadingTimesteps,
  linspaceTimesteps,
  offsetTimesteps,
  trailingTimesteps,
} from "../../diffusion/timesteps.ts";
import { assertOptions } from "../../options.ts";
import { timestepsChoiceNames } from "./option_names.ts";

/** The timesteps' factories, by the spacing's name. */
const spacings = { leading: leadingTimesteps, linspace: linspaceTimesteps, trailing: trailingTimesteps };

/** How a pipeline's timesteps are chosen: by their number, or by a list; not by both. */
export interface TimestepsChoice {
  /** How many steps, from 1 to the schedule's length. */
  readonly numInferenceSteps?: number;
  /** A list of one's own, strictly descending, such as `respacedTimesteps("fast27")`. */
  readonly timesteps?: readonly number[];
}

/**
 * The timesteps of a full run: the list that is given, or as many as are asked for, spaced as the scheduler's configuration says
 * (leading for DeepFloyd IF: 990, 980, ..., 0 for 100 steps). A sampler may have timesteps of its own, as DPM-Solver++ does.
 *
 * @param scheduler What the scheduler's configuration says.
 * @param sampler The sampler.
 * @param choice The number or the list.
 * @param fallback The number where neither is given.
 * @throws {ArgumentError} if both are given, or the number is out of its range (which for the solver, whose steps do not begin at
 * timestep 0, ends earlier), or the list is not strictly descending or leaves the schedule.
 */
export function inferenceTimesteps(
  scheduler: SchedulerSettings,
  sampler: SamplerName,
  choice: TimestepsChoice,
  fallback: number,
): number[] {
  assertOptions(choice, timestepsChoiceNames);
  const { numInferenceSteps, timesteps } = choice;
  const { schedule, spacing, stepsOffset: offset = 0 } = scheduler;
  if (timesteps) {
    if (numInferenceSteps !== undefined) {
      throw new ArgumentError("numInferenceSteps", numInferenceSteps, "none beside timesteps");
    }
    return customTimesteps(timesteps, schedule.length);
  }
  const own = samplerRegistrations[sampler].timesteps;
  const count = numInferenceSteps ?? fallback;
  const most = own ? own.most(scheduler) : schedule.length;
  if (!(Number.isInteger(count) && count >= 1 && count <= most)) {
    throw new ArgumentError("numInferenceSteps", count, `a whole number from 1 to ${most}`, {
      note: most < schedule.length ? `by the sampler ${sampler}` : undefined,
    });
  }
  const spaced = own ? own.spaced(count, scheduler) : spacings[spacing](count, schedule.length);
  if (spacing !== "leading" || offset === 0) return spaced;
  if (spaced[0] + offset >= schedule.length) {
    throw new ArgumentError("numInferenceSteps", count, "fewer", {
      note: `with the scheduler's steps_offset of ${offset} they leave its ${schedule.length} timesteps`,
      plural: true,
    });
  }
  return offsetTimesteps(spaced, offset, schedule.length);
}
