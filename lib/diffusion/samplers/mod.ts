/**
 * The samplers, and a registry of them by name, for choosing one by a setting.
 *
 * @example
 * ```ts
 * import { createSampler, ddim } from "@denoise/denoise/samplers";
 *
 * const sampler = ddim({ eta: 0.5 });
 * const same = createSampler("ddim", { eta: 0.5 });
 * ```
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import type { Sampler } from "../types.ts";
import type { SamplerRegistration } from "./registration.ts";
import * as registry from "./registry.ts";

export * from "./registry.ts";
export type { LevelSpacing, Visits } from "../noise_levels.ts";
export type { ConsistencyKeys } from "./consistency.ts";
export type {
  LevelSettings,
  SamplerRegistration,
  SamplerRun,
  SamplerSettings,
  VisitSettings,
} from "./registration.ts";
export { type DpmSolverAlgorithm } from "./dpm_solver_weights.ts";

/** The registrations that the samplers' files export. */
export type RegisteredSampler = Extract<
  (typeof registry)[keyof typeof registry],
  { readonly name: string; readonly title: string }
>;

/** The name of a sampler. */
export type SamplerName = RegisteredSampler["name"];

/** The options of each sampler, by its name. */
export type SamplerOptions = {
  readonly [Each in RegisteredSampler as Each["name"]]: NonNullable<Parameters<Each["create"]>[0]>;
};

/** The registrations of all samplers, by name: in the order of their papers' years. */
export const samplerRegistrations: Readonly<Record<SamplerName, SamplerRegistration<SamplerName>>> = Object
  .fromEntries(
    Object.values(registry)
      .filter((value): value is RegisteredSampler => typeof value === "object")
      .sort((a, b) => a.year - b.year || (a.name < b.name ? -1 : 1))
      .map((registration) => [registration.name, registration]),
  ) as Readonly<Record<SamplerName, SamplerRegistration<SamplerName>>>;

/** The names of all samplers, in the same order. */
export const samplerNames: readonly SamplerName[] = Object.keys(samplerRegistrations) as SamplerName[];

/** The samplers' factories, by name. */
export const samplers: { readonly [Name in SamplerName]: (options?: SamplerOptions[Name]) => Sampler } =
  Object.fromEntries(samplerNames.map((name) => [name, samplerRegistrations[name].create])) as {
    readonly [Name in SamplerName]: (options?: SamplerOptions[Name]) => Sampler;
  };

/**
 * Makes a sampler by its name.
 *
 * @param name One of {@linkcode samplerNames}.
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
