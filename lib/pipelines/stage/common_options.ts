import type { SampleOptions } from "../../diffusion/sample.ts";
import type { SamplerName } from "../../diffusion/samplers/mod.ts";
import { thresholdOf } from "../../diffusion/scheduler_config.ts";
import { inferenceVisits, type TimestepsChoice } from "./inference_timesteps.ts";
import type { StageModel } from "./stage.ts";
import { stageSampler, stageSamplerName } from "./stage_sampler.ts";

/** The options that the steps of a run depend on. */
export interface StepOptions extends TimestepsChoice {
  /** The sampler; defaults to that of the scheduler's class. */
  readonly sampler?: SamplerName;
  /** How much noise a step of `ddim` adds, in [0, 1]; defaults to 0. */
  readonly eta?: number;
  /** Every how many steps the network recomputes its deep features; defaults to 1. */
  readonly cacheInterval?: number;
  /** Aborts. */
  readonly signal?: AbortSignal;
}

/**
 * The loop's options, from a network's scheduler.
 *
 * @param model The network.
 * @param options The caller's options.
 * @param steps The default number of steps.
 * @throws {ArgumentError} if an option is out of its range.
 * @throws {CheckpointError} if the scheduler's configuration asks for something the sampler does not support.
 */
export function commonOptions(
  { scheduler }: Pick<StageModel, "scheduler">,
  { sampler, eta = 0, numInferenceSteps, timesteps, cacheInterval, signal }: StepOptions,
  steps: number,
): Pick<
  SampleOptions,
  "sampler" | "timesteps" | "conditioningTimesteps" | "threshold" | "cacheInterval" | "signal"
> {
  const name = stageSamplerName(scheduler, sampler);
  const visits = inferenceVisits(scheduler, name, { numInferenceSteps, timesteps }, steps);
  return {
    sampler: stageSampler(scheduler, name, eta, visits.timesteps.length),
    ...visits,
    threshold: thresholdOf(scheduler.thresholding),
    ...(cacheInterval !== undefined && { cacheInterval }),
    signal,
  };
}
