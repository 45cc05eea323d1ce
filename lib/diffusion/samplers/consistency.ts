/**
 * Shared by the samplers of consistency models.
 *
 * @module
 */

import type { Config } from "../../checkpoints/config.ts";
import { assertStepCount } from "../timesteps.ts";
import type { Visits } from "../noise_levels.ts";
import type { VisitSettings } from "./registration.ts";

/** The keys of the schedulers of consistency models. */
export interface ConsistencyKeys {
  /** How many of the timesteps the network was distilled on: `original_inference_steps`. */
  readonly originalSteps: number;
  /** How much larger timesteps are for the boundary conditions: `timestep_scaling`. */
  readonly timestepScaling: number;
}

/** How many timesteps a network was distilled on, unless its configuration says so. */
const ORIGINAL_STEPS = 50;

/** Reads those keys that are there. */
export function readConsistencyKeys(config: Config): Partial<ConsistencyKeys> {
  return {
    ...(config.has("original_inference_steps") &&
      { originalSteps: config.whole("original_inference_steps", { min: 1 }) }),
    ...(config.has("timestep_scaling") && { timestepScaling: config.number("timestep_scaling", { min: 0 }) }),
  };
}

/**
 * The timesteps of a consistency model (Luo et al. 2023, "Latent Consistency Models", section 4.3): evenly those that it was distilled
 * on, from the noisiest. Networks whose configuration is of another class were distilled on none, and any timestep does.
 *
 * @param count How many, from 1 to {@linkcode maxConsistencySteps}.
 * @param settings What the scheduler's configuration says.
 * @param own What it says of consistency models.
 * @throws {ArgumentError} if `count` is out of its range.
 */
export function consistencyVisits(
  count: number,
  settings: VisitSettings,
  own: Partial<ConsistencyKeys> = {},
): Visits {
  const most = maxConsistencySteps(settings, own);
  assertStepCount(count, most);
  const stride = Math.floor(settings.schedule.length / most);
  return {
    timesteps: Array.from(
      { length: count },
      (_, k) => (most - Math.floor(k * (most / count))) * stride - 1,
    ),
  };
}

/** The largest number of steps: as many as there are timesteps that the network was distilled on. */
export function maxConsistencySteps(
  { schedule: { length }, sampler }: VisitSettings,
  { originalSteps }: Partial<ConsistencyKeys> = {},
): number {
  const distilled = sampler === "lcm" || sampler === "tcd";
  return Math.min(originalSteps ?? (distilled ? ORIGINAL_STEPS : length), length);
}
