import { ArgumentError } from "../../argument_error.ts";
import { type SamplerName, samplerRegistrations, samplers } from "../../diffusion/samplers/mod.ts";
import { samplerOf, type SchedulerSettings } from "../../diffusion/scheduler_config.ts";
import type { Sampler } from "../../diffusion/types.ts";

/**
 * The name of the sampler for a network: the requested one, or that of its scheduler's class.
 *
 * @param scheduler What the scheduler's configuration says.
 * @param name The requested sampler, if any.
 * @throws {ArgumentError} if the name is unknown.
 * @throws {CheckpointError} if the configuration rules the sampler out: the message names the file and the key.
 */
export function stageSamplerName(scheduler: SchedulerSettings, name?: SamplerName): SamplerName {
  if (name !== undefined && !Object.hasOwn(samplers, name)) {
    throw new ArgumentError("sampler", name, `one of ${Object.keys(samplers).join(", ")}`);
  }
  return samplerOf(scheduler, name);
}

/**
 * The sampler by its name, set up by the scheduler's configuration.
 *
 * @param scheduler What the configuration says of the sampler.
 * @param name The sampler; defaults to that of the configuration's class.
 * @param eta How much noise a step of `ddim` adds.
 * @param steps How many steps a full run has, of which a run that starts from an image takes only the last ones.
 * @throws {ArgumentError} if the name is unknown, or `eta` is not 0 for another sampler.
 * @throws {CheckpointError} if the configuration rules the sampler out.
 */
export function stageSampler(
  scheduler: SchedulerSettings,
  name: SamplerName | undefined,
  eta: number,
  steps: number,
): Sampler {
  const chosen = stageSamplerName(scheduler, name);
  const { create, configure, takesEta } = samplerRegistrations[chosen];
  if (eta !== 0 && !takesEta) throw new ArgumentError("eta", eta, "0", { note: "but for the sampler ddim" });
  return create(configure?.(scheduler, { eta, steps }, scheduler.own?.[chosen]));
}
