import { ArgumentError } from "../../argument_error.ts";
import { type SamplerName, samplerRegistrations, samplers } from "../../diffusion/samplers/mod.ts";
import { samplerOf, type SchedulerSettings } from "../../diffusion/scheduler_config.ts";
import type { Sampler } from "../../diffusion/types.ts";

/**
 * The name of the sampler for a network: the one that is asked for, or that of its scheduler's class.
 *
 * @param scheduler What the scheduler's configuration says.
 * @param name The sampler that is asked for, if any.
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
 * The sampler by its name, as the scheduler's configuration has it.
 *
 * @param scheduler What the configuration says of the sampler.
 * @param name The sampler; defaults to that of the configuration's class.
 * @param eta How much noise a step of `ddim` adds.
 * @param steps How many steps a full run has, of which a run that begins from an image makes the last ones alone.
 * @throws {ArgumentError} if the name is unknown, or `eta` is not 0 for another sampler.
 * @throws {CheckpointError} if the configuration rules the sampler out.
 */
export function stageSampler(
  scheduler: SchedulerSettings,
  name: SamplerName | undefined,
  eta: number,
  steps: number,
): Sampler {
  const { create, configure, takesEta } = samplerRegistrations[stageSamplerName(scheduler, name)];
  if (eta !== 0 && !takesEta) throw new ArgumentError("eta", eta, "0", { note: "but for the sampler ddim" });
  return create(configure?.(scheduler, { eta, steps }));
}
