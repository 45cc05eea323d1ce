/**
 * Schedulers of flow matching, as diffusers writes their configurations.
 *
 * @module
 */

import type { Config } from "../checkpoints/config.ts";
import { CheckpointError } from "../checkpoints/error.ts";
import { assertOptions, type OptionNames } from "../options.ts";
import { type LevelSpacing, spacedLevels } from "./noise_levels.ts";
import { euler, heun, multistepConsistency } from "./samplers/mod.ts";
import { flowSchedule, flowTimesteps, shiftTimestep } from "./schedule.ts";
import type { SchedulerRun } from "./scheduler_run.ts";
import type { Sampler } from "./types.ts";

/** How long a run is, and for what. */
export interface FlowRunOptions {
  /** How many steps, at least 1. */
  readonly steps: number;
  /**
   * How many patches an image has, which `use_dynamic_shifting` moves timesteps by: more of them, more towards the noise. For Flux
   * the pixels over 16 x 16.
   */
  readonly imageSequenceLength?: number;
}

const optionNames: OptionNames<FlowRunOptions> = { steps: true, imageSequenceLength: true };

const CLASSES: Readonly<Record<string, Sampler>> = {
  FlowMatchEulerDiscreteScheduler: euler(),
  FlowMatchHeunDiscreteScheduler: heun(),
};

const SPACINGS = {
  use_karras_sigmas: "karras",
  use_exponential_sigmas: "exponential",
  use_beta_sigmas: "beta",
};

/** The largest bounds of shifts and sequences. */
const LARGEST = 1e6;

/**
 * A run of `FlowMatchEulerDiscreteScheduler` or `FlowMatchHeunDiscreteScheduler`, as `set_timesteps(steps)` of diffusers has it: for
 * networks that estimate `flow_prediction`, which are conditioned on the timesteps in thousandths.
 *
 * @param config The configuration.
 * @param options The number of steps, and the size of the images where the configuration asks for it.
 * @throws {CheckpointError} if it is of another class, or a value is unknown, out of its range, or asks for what is not supported.
 * @throws {ArgumentError} if the number of steps is out of its range.
 *
 * @example
 * ```ts
 * import { Config } from "@denoise/denoise/checkpoints";
 *
 * const config = new Config("a.json", { _class_name: "FlowMatchEulerDiscreteScheduler", shift: 3 });
 * const { timesteps, sampler, schedule } = flowRunFromConfig(config, { steps: 28 }); // 1, ..., 0.0089...
 * ```
 */
export function flowRunFromConfig(config: Config, options: FlowRunOptions): SchedulerRun {
  assertOptions(options, optionNames);
  const name = config.text("_class_name");
  if (!Object.hasOwn(CLASSES, name)) {
    throw new CheckpointError(config.problem("_class_name", `one of ${Object.keys(CLASSES).join(", ")}`));
  }
  const { steps, imageSequenceLength } = options;
  const length = config.whole("num_train_timesteps", { min: 1, max: LARGEST }, 1000);
  const heuns = name === "FlowMatchHeunDiscreteScheduler";
  const dynamic = !heuns && config.boolean("use_dynamic_shifting", false);
  const fixed = config.number("shift", { min: 0, open: true, max: LARGEST }, 1);
  const schedule = flowSchedule(dynamic ? dynamicShift(config, imageSequenceLength) : fixed);
  // Diffusers shifts the last timestep before all are: of a shift that is fixed, twice.
  const last = dynamic ? 1 / length : shiftTimestep(1 / length, fixed);
  let timesteps = flowTimesteps(steps, schedule, last);
  if (!heuns) {
    if (config.boolean("invert_sigmas", false)) config.fail("invert_sigmas", "false");
    timesteps = spaced(config, stretched(config, timesteps));
  }
  const stochastic = !heuns && config.boolean("stochastic_sampling", false);
  return {
    timesteps,
    conditioningTimesteps: new Map(timesteps.map((t) => [t, Math.fround(Math.fround(t) * length)])),
    schedule,
    sampler: stochastic ? multistepConsistency() : CLASSES[name],
    threshold: undefined,
    startDeviation: 1,
  };
}

/** The shift for images of a size (Esser et al. 2024, section 5.3.2, as Flux has it): a line between two lengths of sequences. */
function dynamicShift(config: Config, length: number | undefined): number {
  if (length === undefined) config.fail("use_dynamic_shifting", "false, without an imageSequenceLength,");
  const bounds = { min: 0, max: LARGEST };
  const [base, most] = [config.number("base_shift", bounds, 0.5), config.number("max_shift", bounds, 1.15)];
  const short = config.number("base_image_seq_len", bounds, 256);
  const long = config.number("max_image_seq_len", bounds, 4096);
  if (long === short) config.fail("max_image_seq_len", "another than base_image_seq_len");
  const mu = base + (length! - short) * (most - base) / (long - short);
  const type = config.choice("time_shift_type", ["exponential", "linear"], "exponential");
  return type === "exponential" ? Math.exp(mu) : mu;
}

/** Timesteps stretched so that they end at `shift_terminal`. */
function stretched(config: Config, timesteps: readonly number[]): number[] {
  if (!config.has("shift_terminal") || config.values["shift_terminal"] === 0) return [...timesteps];
  const end = config.number("shift_terminal", { min: 0, open: true, max: 1 });
  const scale = (1 - timesteps[timesteps.length - 1]) / (1 - end);
  return timesteps.map((t) => 1 - (1 - t) / scale);
}

/** Timesteps by a spacing of noise levels between the first and the last of them. */
function spaced(config: Config, timesteps: number[]): number[] {
  const asked = Object.entries(SPACINGS).filter(([key]) => config.boolean(key, false));
  if (asked.length > 1) config.fail(asked[1][0], `false, beside ${asked[0][0]},`);
  if (asked.length === 0) return timesteps;
  const spacing = asked[0][1] as LevelSpacing;
  const levels = spacedLevels(spacing, timesteps[0], timesteps[timesteps.length - 1], timesteps.length);
  // The end as it is: a power of a root may be out of the schedule by its rounding.
  return levels.map((t) => Math.min(t, 1));
}
