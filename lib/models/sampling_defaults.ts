/**
 * How a pipeline is best sampled, where its folder says so.
 *
 * @module
 */
import { Config } from "../checkpoints/config.ts";
import type { GuidanceInterval } from "../effects/guidance_interval.ts";
import { guidanceLimit } from "../effects/guidance_scale.ts";
import { type Files, type Folder, machine } from "../platform/mod.ts";

/** What `sampling_config.json` may say; what it leaves out is as DeepFloyd IF has it. */
export interface SamplingDefaults {
  /** The number of steps, from 1: `num_inference_steps`. */
  readonly numInferenceSteps?: number;
  /** The guidance scale, from 0 to 1000: `guidance_scale`. */
  readonly guidanceScale?: number;
  /** The timesteps at which there is guidance, the smaller one first: `guidance_interval`. */
  readonly guidanceInterval?: GuidanceInterval;
  /** Every how many steps its deep features are recomputed, from 1: `cache_interval`. */
  readonly cacheInterval?: number;
  /** Where it enlarges, the timestep of the noise in the small images: `noise_level`. */
  readonly noiseLevel?: number;
  /** The model that enlarges its images, by name: `super_resolution`. */
  readonly superResolution?: string;
}

/** How many timesteps a scheduler has whose configuration does not say so, and the most that it may have. */
const TIMESTEPS = 1000;
const MAX_TIMESTEPS = 100_000;

/**
 * Reads a pipeline's `sampling_config.json`, this library's own addition to the layout of diffusers: a small network takes
 * other numbers than IF's, and belongs to another second stage.
 *
 * @param folder The pipeline's folder.
 * @returns What it says; nothing if there is no such file.
 * @throws {CheckpointError} if the file cannot be read, or a value is out of its range.
 */
export async function readSamplingDefaults(folder: Folder): Promise<SamplingDefaults> {
  const files = machine.open(folder);
  const config = await Config.readIfExists("sampling_config.json", files);
  if (!config) return {};
  const steps = await readTimesteps(files, "scheduler") ?? TIMESTEPS;
  const levels = await readTimesteps(files, "image_noising_scheduler") ?? steps;
  return {
    ...(config.has("num_inference_steps") && {
      numInferenceSteps: config.whole("num_inference_steps", { min: 1, max: steps }),
    }),
    ...(config.has("guidance_scale") &&
      { guidanceScale: config.number("guidance_scale", { min: 0, max: guidanceLimit }) }),
    ...(config.has("guidance_interval") && { guidanceInterval: readInterval(config, steps) }),
    ...(config.has("cache_interval") && {
      cacheInterval: config.whole("cache_interval", { min: 1, max: steps }),
    }),
    ...(config.has("noise_level") &&
      { noiseLevel: config.whole("noise_level", { min: 0, max: levels - 1 }) }),
    ...(config.has("super_resolution") && { superResolution: config.text("super_resolution") }),
  };
}

/** A pair of timesteps of so many. */
function readInterval(config: Config, steps: number): GuidanceInterval {
  const interval = config.numbers("guidance_interval", { min: 0, max: steps - 1 });
  if (interval.length !== 2 || interval[0] > interval[1]) {
    config.fail("guidance_interval", "two timesteps, the smaller one first");
  }
  return [interval[0], interval[1]];
}

/** How many timesteps a scheduler of a pipeline has; undefined if there is no such scheduler. */
async function readTimesteps(files: Files, scheduler: string): Promise<number | undefined> {
  const config = await Config.readIfExists(`${scheduler}/scheduler_config.json`, files);
  return config?.whole("num_train_timesteps", { min: 1, max: MAX_TIMESTEPS }, TIMESTEPS);
}
