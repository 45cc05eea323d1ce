/**
 * The arithmetic of diffusion: the loop and its vocabulary, noise schedules, timesteps, what networks predict,
 * and thresholds.
 *
 * @example Add noise to an image, and remove it again.
 * ```ts
 * import { addNoise, cleanFromNoise, linearSchedule } from "@denoise/denoise/diffusion";
 * import { Generator } from "@denoise/denoise/random";
 * import { full } from "@denoise/denoise/tensors";
 *
 * const schedule = linearSchedule(1000);
 * const gray = full([1, 1, 8, 8], 0.5);
 * const noise = new Generator(0).randn(gray.shape);
 * const noisy = addNoise(gray, noise, 200, schedule);
 * const clean = cleanFromNoise(noisy, noise, 200, schedule); // 0.5 everywhere
 * ```
 *
 * @module
 */
export { join } from "./plan.ts";
export { FeatureCache } from "./feature_cache.ts";
export * from "./types.ts";
export * from "./sample.ts";
export * from "./schedules/discrete.ts";
export * from "./schedules/edm.ts";
export * from "./schedules/flow.ts";
export {
  addNoise,
  alpha,
  alphaBar,
  type ContinuousSchedule,
  halfLogSnr,
  isDiscrete,
  type NoiseSchedule,
  noiseVariance,
  sigma,
  snr,
  transitionVariance,
} from "./schedule.ts";
export { edmRunFromConfig } from "./edm_config.ts";
export { flowRunFromConfig, type FlowRunOptions } from "./flow_config.ts";
export * from "./scheduler_config.ts";
export { type SchedulerRun, schedulerRun, type SchedulerRunOptions } from "./scheduler_run.ts";
export {
  customTimesteps,
  dpmSolverTimesteps,
  type DpmSolverTimestepsOptions,
  imageToImageTimesteps,
  leadingTimesteps,
  linspaceTimesteps,
  respacedTimesteps,
  stridedTimesteps,
  trailingTimesteps,
} from "./timesteps.ts";
export * from "./prediction.ts";
export * from "./threshold.ts";
export * from "./weighted_sum.ts";
