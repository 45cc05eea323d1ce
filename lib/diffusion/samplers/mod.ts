/**
 * The samplers by name, for whoever chooses one by a setting.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import type { Sampler } from "../types.ts";
import { ddim, type DdimOptions } from "./ddim.ts";
import { ddpm, type DdpmOptions } from "./ddpm.ts";
import { type DpmSolverOptions, dpmSolverPlusPlus2M } from "./dpm_solver.ts";
import { heun } from "./heun.ts";

export { ddim, type DdimOptions, ddpm, type DdpmOptions, type DpmSolverOptions, dpmSolverPlusPlus2M, heun };

/** The options of each sampler, by its name. */
export interface SamplerOptions {
  /** {@linkcode ddpm}'s. */
  readonly ddpm: DdpmOptions;
  /** {@linkcode ddim}'s. */
  readonly ddim: DdimOptions;
  /** {@linkcode dpmSolverPlusPlus2M}'s. */
  readonly "dpm-solver++": DpmSolverOptions;
  /** {@linkcode heun} has none. */
  readonly heun: Readonly<Record<never, never>>;
}

/** The name of a sampler. */
export type SamplerName = keyof SamplerOptions;

/** The samplers' factories, by name. */
export const samplers: { readonly [Name in SamplerName]: (options?: SamplerOptions[Name]) => Sampler } = {
  ddpm,
  ddim,
  "dpm-solver++": dpmSolverPlusPlus2M,
  heun,
};

/**
 * Makes a sampler by its name.
 *
 * @param name `ddpm`, `ddim`, `dpm-solver++` or `heun`.
 * @param options The sampler's options.
 * @throws {ArgumentError} if the name is unknown or an option is out of its range.
 *
 * @example
 * ```ts
 * const sampler = createSampler("ddim", { eta: 0.5 });
 * ```
 */
export function createSampler<Name extends SamplerName>(name: Name, options?: SamplerOptions[Name]): Sampler {
  if (!Object.hasOwn(samplers, name)) {
    throw new ArgumentError("name", name, `one of ${Object.keys(samplers).join(", ")}`);
  }
  return samplers[name](options);
}
