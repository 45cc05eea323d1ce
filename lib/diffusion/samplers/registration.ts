/**
 * What a sampler says of itself, so that the pipelines, the command line and the report find it by its name.
 *
 * @module
 */

import type { DpmSolverSettings } from "../dpm_solver_config.ts";
import type { DiscreteSchedule } from "../schedule.ts";
import type { Sampler } from "../types.ts";

/** What a sampler may take from a scheduler's configuration: the part of `SchedulerSettings` that concerns steps. */
export interface SamplerSettings {
  /** The noise schedule. */
  readonly schedule: DiscreteSchedule;
  /** Which timesteps are visited by default. */
  readonly spacing: "leading" | "linspace" | "trailing";
  /** The variance of DDPM's noise. */
  readonly variance: "fixed_small" | "fixed_large" | "learned_range";
  /** The smallest half log-SNR that DPM-Solver visits, where the configuration limits it: `lambda_min_clipped`. */
  readonly lambdaMin?: number;
  /** The settings of DPM-Solver; default to those of diffusers. */
  readonly solver?: DpmSolverSettings;
  /** Whether DDIM's last step ends at the clean image: `set_alpha_to_one`; defaults to true. */
  readonly setAlphaToOne?: boolean;
}

/** What a sampler's options depend on beside the scheduler's configuration. */
export interface SamplerRun {
  /** How much noise a step adds, in [0, 1]; 0 but for samplers that take it. */
  readonly eta: number;
  /** How many steps a full run has. */
  readonly steps: number;
}

/** The timesteps of a sampler that does not visit those of the scheduler's spacing. */
export interface SamplerTimesteps {
  /**
   * The timesteps of a full run, descending.
   *
   * @param count How many, from 1 to {@linkcode most}.
   */
  spaced(count: number, settings: Pick<SamplerSettings, "schedule" | "spacing" | "lambdaMin">): number[];
  /** The largest number of them. */
  most(settings: Pick<SamplerSettings, "schedule" | "spacing" | "lambdaMin">): number;
}

/** A sampler by its name: one such constant in a sampler's file, and the file's line in `registry.ts`, is all it takes. */
export interface SamplerRegistration<Name extends string = string, Options extends object = object> {
  /** Its name, by which a setting chooses it. */
  readonly name: Name;
  /** Its name for people. */
  readonly title: string;
  /** The year of its paper: samplers are listed in the order of these, then of their names. */
  readonly year: number;
  /** Makes it. */
  readonly create: (options?: Options) => Sampler;
  /** Its options for a network; defaults to none. */
  readonly configure?: (settings: SamplerSettings, run: SamplerRun) => Options;
  /** Whether a step may add as much noise as `eta` says; by default it may not. */
  readonly takesEta?: boolean;
  /** Timesteps of its own; defaults to those of the scheduler's spacing. */
  readonly timesteps?: SamplerTimesteps;
}
