import type { SamplerName } from "../../diffusion/samplers/mod.ts";
import type { SchedulerSettings } from "../../diffusion/scheduler_config.ts";
import { startDeviation } from "../../diffusion/scheduler_run.ts";
import type { Noise } from "../../diffusion/types.ts";
import { map, type Tensor } from "../../tensor.ts";

/**
 * The noise that a run starts from, scaled as the scheduler's class requires.
 *
 * @param noise Where it comes from.
 * @param shape Its shape.
 * @param scheduler What the scheduler's configuration says.
 * @param sampler The sampler.
 * @param timesteps The timesteps of a full run.
 */
export function startNoise(
  noise: Noise,
  shape: readonly number[],
  scheduler: SchedulerSettings,
  sampler: SamplerName,
  timesteps: readonly number[],
): Tensor {
  const deviation = startDeviation(scheduler, sampler, timesteps);
  const drawn = noise(shape);
  return deviation === 1 ? drawn : map(drawn, (value) => deviation * value);
}
