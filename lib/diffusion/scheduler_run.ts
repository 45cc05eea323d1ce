/**
 * A run as a scheduler's configuration has it: which timesteps are visited, by which sampler, from what start.
 *
 * @module
 */

import { assertOptions, type OptionNames } from "../options.ts";
import { ArgumentError } from "../argument_error.ts";
import { spacingOf } from "./level_visits.ts";
import type { Tensor } from "../tensor.ts";
import type { Prediction } from "./types.ts";
import type { Visits } from "./noise_levels.ts";
import type { SampleOptions } from "./sample.ts";
import { type SamplerName, samplerRegistrations } from "./samplers/mod.ts";
import type { VisitSettings } from "./samplers/registration.ts";
import { flowSchedule, type NoiseSchedule, sigma } from "./schedule.ts";
import { samplerOf, type SchedulerSettings, thresholdOf } from "./scheduler_config.ts";
import {
  assertStepCount,
  leadingTimesteps,
  linspaceTimesteps,
  offsetTimesteps,
  trailingTimesteps,
} from "./timesteps.ts";

/** The timesteps' factories, by the spacing's name. */
const spacings = { leading: leadingTimesteps, linspace: linspaceTimesteps, trailing: trailingTimesteps };

/** How long a run is, and by what. */
export interface SchedulerRunOptions {
  /** How many steps, from 1 to the schedule's length. */
  readonly steps: number;
  /** The sampler; defaults to that of the configuration's class. */
  readonly sampler?: SamplerName;
  /** How much noise a step of `ddim` adds, in [0, 1]; defaults to 0. */
  readonly eta?: number;
}

const optionNames: OptionNames<SchedulerRunOptions> = { steps: true, sampler: true, eta: true };

/** What the loop needs of a scheduler: the options of `sample` but for the noise and the start. */
export interface SchedulerRun
  extends
    Pick<SampleOptions, "sampler" | "timesteps" | "conditioningTimesteps" | "threshold">,
    Required<Pick<SampleOptions, "schedule">> {
  /** The standard deviation of the noise to start from. */
  readonly startDeviation: number;
  /** Of the schedulers of EDM: what stands between the loop and a network. */
  readonly preconditioning?: {
    /** What the network sees of noisy images. */
    input(x: Tensor, sigma: number): Tensor;
    /** The value it is conditioned on for a noise level. */
    conditioning(sigma: number): number;
    /** What its output says of the images, both of their shape. */
    prediction(output: Tensor, x: Tensor, sigma: number): Prediction;
  };
}

/**
 * A run as diffusers' scheduler of the same configuration does it: `set_timesteps`, and `step` until the end.
 *
 * @param settings What the configuration says, by `readScheduler`.
 * @param options The number of steps, and another sampler than the configuration's own.
 * @throws {ArgumentError} if an option is out of its range.
 * @throws {CheckpointError} if the configuration rules the sampler out.
 *
 * @example
 * ```ts
 * import { Config } from "@denoise/denoise/checkpoints";
 * import { readScheduler } from "@denoise/denoise/diffusion";
 *
 * const config = new Config("a.json", { _class_name: "EulerDiscreteScheduler", use_karras_sigmas: true });
 * const { timesteps } = schedulerRun(readScheduler(config), { steps: 4 }); // 999, 837.6..., 524.0..., 0
 * ```
 */
export function schedulerRun(settings: SchedulerSettings, options: SchedulerRunOptions): SchedulerRun {
  assertOptions(options, optionNames);
  const { steps, eta = 0 } = options;
  const name = samplerOf(settings, options.sampler);
  const { create, configure, takesEta } = samplerRegistrations[name];
  if (eta !== 0 && !takesEta) throw new ArgumentError("eta", eta, "0", { note: "but for the sampler ddim" });
  const visits = visitsOf(settings, name, steps);
  return {
    ...visits,
    schedule: scheduleOf(settings, name),
    sampler: create(
      configure?.(settings, { eta, steps: visits.timesteps.length }, settings.own?.[name]),
    ),
    threshold: thresholdOf(settings.thresholding),
    startDeviation: startDeviation(settings, name, visits.timesteps),
  };
}

/**
 * The timesteps that a sampler visits in a full run, and what networks are conditioned on for them.
 *
 * @param settings What the scheduler's configuration says.
 * @param name The sampler.
 * @param count How many; a sampler that leaves out the noisiest may visit fewer.
 * @throws {ArgumentError} if the count is out of its range, or an offset leads out of the schedule.
 */
export function visitsOf(settings: VisitSettings, name: SamplerName, count: number): Visits {
  const { schedule, spacing, stepsOffset = 0 } = settings;
  const { visits } = samplerRegistrations[name];
  if (visits) return visits(count, settings, settings.own?.[name]);
  assertStepCount(count, schedule.length);
  const timesteps = spacings[spacing](count, schedule.length);
  return {
    timesteps: spacing === "leading" ? offsetTimesteps(timesteps, stepsOffset, schedule.length) : timesteps,
  };
}

/** The largest number of steps of a sampler. */
export function maxSteps(settings: VisitSettings, name: SamplerName): number {
  const { maxSteps } = samplerRegistrations[name];
  return maxSteps?.(settings, settings.own?.[name]) ?? settings.schedule.length;
}

/** The noise schedule of a run: that of flow matching where the solver takes its timesteps. */
function scheduleOf({ schedule, levels }: SchedulerSettings, name: SamplerName): NoiseSchedule {
  const flow = spacingOf(levels, samplerRegistrations[name].spacings ?? []) === "flow";
  return flow ? flowSchedule(levels!.flowShift) : schedule;
}

/**
 * The standard deviation of the noise that a run starts from: 1, but for the classes of diffusers that start from the noise
 * of the first level alone (`init_noise_sigma`), where the trifle of the signal's share is left out.
 *
 * @param settings The settings; the start of a class is that of its own sampler alone.
 * @param name The sampler.
 * @param timesteps The timesteps of a full run.
 */
export function startDeviation(
  { schedule, spacing, sampler }: VisitSettings,
  name: SamplerName,
  timesteps: readonly number[],
): number {
  const { startsAtLevel = false } = samplerRegistrations[name];
  return startsAtLevel && sampler === name && spacing !== "leading" ? sigma(schedule, timesteps[0]) : 1;
}
