import { ArgumentError, described } from "../../lib/errors.ts";
import { imageToImageTimesteps } from "../../lib/diffusion/mod.ts";
import { assertGuidanceInterval } from "../../lib/effects/mod.ts";
import { inferenceTimesteps } from "../../lib/pipelines/mod.ts";
import type { GenerationOptions } from "../../lib/generation/mod.ts";
import { imageSize, type TextToImage } from "../../lib/pipelines/mod.ts";
import { assertPixels } from "./assert_memory.ts";
import { assertSteps } from "./assert_steps.ts";
import { limits } from "./limits.ts";
import type { TextSources } from "./text_sources.ts";

/**
 * Checks options against the schedules and the limits of images, before anything is computed.
 *
 * @param options The options.
 * @param pipeline The first stage.
 * @param sources The models.
 * @param picture The number of the wanted image, if only one is.
 * @throws {ArgumentError} that names the option.
 */
export async function assertDrawable(
  options: GenerationOptions,
  { scheduler, config }: Pick<TextToImage, "scheduler"> & {
    readonly config: { size: number; sizeStep: number };
  },
  { upscaler }: Pick<TextSources, "upscaler">,
  picture?: number,
): Promise<void> {
  const { prompts, sampler, steps, timesteps, guidanceInterval, count, strength, upscale } = options;
  // Without a prompt there is still one row of images.
  const rows = Math.max(prompts.length, 1);
  assertPixels(imageSize({ spec: config, config }, options), rows, count);
  if (timesteps) inferenceTimesteps(scheduler, sampler, { timesteps }, steps);
  else assertSteps("steps", scheduler, sampler, steps);
  if (guidanceInterval) {
    assertGuidanceInterval("guidance-interval", guidanceInterval, scheduler.schedule.length - 1);
  }
  if (upscale && upscaler) {
    assertSteps("upscale-steps", await upscaler.scheduler(), upscale.sampler ?? sampler, upscale.steps);
  }
  if (strength !== null) imageToImageTimesteps(Array<number>(steps).fill(0), strength);
  const total = rows * count;
  if (total > limits.pictures) {
    const most = Math.floor(limits.pictures / rows);
    throw new ArgumentError("count", count, `at most ${most}${rows > 1 ? ` for ${rows} prompts` : ""}`);
  }
  if (picture !== undefined && picture > total) {
    throw new ArgumentError("again", described(`image ${picture}`), `one of the run's ${total}`);
  }
}
