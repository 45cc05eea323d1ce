/**
 * What a sampler says of itself, so that the pipelines, the command line and the report find it by its name.
 *
 * @module
 */

import type { Config } from "../../checkpoints/config.ts";
import type { DpmSolverSettings } from "../dpm_solver_config.ts";
import type { LevelSpacing, Visits } from "../noise_levels.ts";
import type { DiscreteSchedule } from "../schedule.ts";
import type { PredictionType, Sampler } from "../types.ts";

/** How a scheduler's configuration spaces noise levels, where it does. */
export interface LevelSettings {
  /**
   * The requested spacings (`use_karras_sigmas` and so on), of which a solver takes the first that it supports; `flow` is
   * that of flow matching.
   */
  readonly spacings: readonly (LevelSpacing | "flow")[];
  /** The least noisy level, `sigma_min`; defaults to that of the timesteps. */
  readonly min?: number;
  /** The noisiest level, `sigma_max`; defaults to that of the timesteps. */
  readonly max?: number;
  /** How timesteps of flow matching are moved towards the noise: `flow_shift`; defaults to 1. */
  readonly flowShift?: number;
  /** The last of flow matching's timesteps, to which the others are stretched: `shift_terminal`. */
  readonly flowTerminal?: number;
  /** Whether levels between the timesteps are passed on as they are, which a cosine schedule is; elsewhere some solvers round. */
  readonly cosine?: boolean;
}

/** What a sampler may take from a scheduler's configuration: the part of `SchedulerSettings` that concerns steps. */
export interface SamplerSettings {
  /** The noise schedule. */
  readonly schedule: DiscreteSchedule;
  /** Which timesteps are visited by default. */
  readonly spacing: "leading" | "linspace" | "trailing";
  /** The variance of DDPM's noise. */
  readonly variance: "fixed_small" | "fixed_large" | "learned" | "learned_range";
  /** What is added to the timesteps of the leading spacing: `steps_offset`; defaults to 0. */
  readonly stepsOffset?: number;
  /** What the network estimates; defaults to the noise. */
  readonly predictionType?: PredictionType;
  /** The smallest half log-SNR that solvers visit, where the configuration limits it: `lambda_min_clipped`. */
  readonly lambdaMin?: number;
  /** The settings of DPM-Solver; default to those of diffusers. */
  readonly solver?: DpmSolverSettings;
  /** Whether DDIM's last step ends at the clean image: `set_alpha_to_one`; defaults to true. */
  readonly setAlphaToOne?: boolean;
  /** The spacing of noise levels, where the configuration asks for one. */
  readonly levels?: LevelSettings;
  /** The sampler of the configuration's class. */
  readonly sampler?: string;
  /** What each sampler's {@linkcode SamplerRegistration.read} found, by its name. */
  readonly own?: Readonly<Record<string, object>>;
}

/** The part of them that says which timesteps are visited. */
export type VisitSettings = Omit<SamplerSettings, "variance">;

/** What a sampler's options depend on beside the scheduler's configuration. */
export interface SamplerRun {
  /** How much noise a step adds, in [0, 1]; 0 but for samplers that take it. */
  readonly eta: number;
  /** How many steps a full run has. */
  readonly steps: number;
}

/** A sampler by its name: one such constant in a sampler's file, and the file's line in `registry.ts`, is all it takes. */
export interface SamplerRegistration<
  Name extends string = string,
  Options extends object = object,
  Own extends object = object,
> {
  /** Its name, by which a setting chooses it. */
  readonly name: Name;
  /** Its name for people. */
  readonly title: string;
  /** The year of its paper: samplers are listed in the order of these, then of their names. */
  readonly year: number;
  /** How often a run of so many steps evaluates the denoiser; defaults to once a step. */
  readonly evaluations?: (steps: number) => number;
  /** Makes it. */
  readonly create: (options?: Options) => Sampler;
  /**
   * Reads the keys of a scheduler's configuration that it alone looks at. What it throws rules the sampler out.
   *
   * @returns What is there; nothing for an absent key.
   */
  readonly read?: (config: Config) => Own;
  /** Its options for a network; defaults to none. */
  readonly configure?: (settings: SamplerSettings, run: SamplerRun, own?: Partial<Own>) => Options;
  /** Whether a step may add as much noise as `eta` says; by default it may not. */
  readonly takesEta?: boolean;
  /** The spacings of noise levels that it knows; defaults to none. */
  readonly spacings?: readonly (LevelSpacing | "flow")[];
  /** Timesteps of its own, as many as requested; defaults to those of the scheduler's spacing. */
  readonly visits?: (count: number, settings: VisitSettings, own?: Partial<Own>) => Visits;
  /** The largest number of them; defaults to that of the schedule's timesteps. */
  readonly maxSteps?: (settings: VisitSettings, own?: Partial<Own>) => number;
  /** Whether the start of diffusers is the noise of the first level alone, and not standard normal, for linspace and trailing. */
  readonly startsAtLevel?: boolean;
}

/**
 * How far a step leads in diffusers' scheduler of a sampler, where that is not to the next timestep of the list: it goes back by
 * `floor(length / steps)`, whatever is visited next.
 *
 * @param settings The settings, of which the class decides: other classes go to the next timestep.
 * @param name The sampler.
 * @param steps How many steps a full run has.
 */
export function strideOf({ schedule, spacing, sampler }: SamplerSettings, name: string, steps: number) {
  if (sampler !== name || spacing === "leading") return undefined;
  if (spacing === "trailing" && schedule.length % steps === 0) return undefined;
  return Math.floor(schedule.length / steps);
}
