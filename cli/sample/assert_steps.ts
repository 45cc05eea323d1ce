import { ArgumentError } from "../../lib/errors.ts";
import type { SamplerName } from "../../lib/diffusion/samplers/mod.ts";
import type { SchedulerSettings } from "../../lib/diffusion/mod.ts";
import { inferenceTimesteps, stageSamplerName } from "../../lib/pipelines/mod.ts";

/**
 * Refuses a sampler and a number of steps that a model's scheduler does not allow, before anything is computed.
 *
 * @param option The command-line option that gives the number.
 * @param scheduler What the scheduler's configuration says.
 * @param sampler The sampler.
 * @param steps How many steps.
 * @throws {ArgumentError} if there are too many steps.
 * @throws {CheckpointError} if the configuration asks for something the sampler does not support.
 */
export function assertSteps(
  option: string,
  scheduler: SchedulerSettings,
  sampler: SamplerName,
  steps: number,
): void {
  stageSamplerName(scheduler, sampler);
  try {
    inferenceTimesteps(scheduler, sampler, {}, steps);
  } catch (cause) {
    throw cause instanceof ArgumentError ? cause.renamed(option) : cause;
  }
}
