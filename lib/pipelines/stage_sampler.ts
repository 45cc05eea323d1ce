import { createSampler, type SamplerName, samplers } from "../diffusion/samplers/mod.ts";
import type { SchedulerSettings } from "../diffusion/scheduler_config.ts";
import type { Sampler } from "../diffusion/types.ts";

/**
 * The sampler by its name, as the scheduler's configuration has it.
 *
 * @param scheduler What the configuration says of the variance.
 * @param name The sampler.
 * @param eta How much noise a step of `ddim` adds.
 * @throws {RangeError} if the name is unknown, or `eta` is not 0 for another sampler.
 */
export function stageSampler({ variance }: SchedulerSettings, name: SamplerName, eta: number): Sampler {
  if (!Object.hasOwn(samplers, name)) {
    throw new RangeError(`sampler: "${name}" where one of ${Object.keys(samplers).join(", ")} is expected`);
  }
  if (name === "ddim") return createSampler(name, { eta });
  if (eta !== 0) throw new RangeError(`eta: ${eta} where 0 is expected, but for the sampler ddim`);
  return name === "ddpm" ? createSampler(name, { variance }) : createSampler(name);
}
