/**
 * Image-to-image super-resolution.
 *
 * @module
 */
import type { SampleStep } from "../diffusion/sample.ts";
import { addNoise } from "../diffusion/schedule.ts";
import { imageToImageTimesteps } from "../diffusion/timesteps.ts";
import type { Tensor } from "../tensor.ts";
import type { ImageToImageOptions } from "./image_to_image.ts";
import { assertNoiseLevel, augmented, type LowResolutionOptions } from "./stage/low_resolution.ts";
import { openStage, type StageDefaults, type StageModel } from "./stage/stage.ts";
import { superResolutionDefaults } from "./super_resolution.ts";
import { assertOptions } from "../options.ts";
import { imageToImageSuperResolutionOptionNames } from "./stage/option_names.ts";

/**
 * The options of {@linkcode imageToImageSuperResolution}; the defaults are those of
 * {@linkcode imageToImageSuperResolutionDefaults}.
 */
export interface ImageToImageSuperResolutionOptions extends ImageToImageOptions, LowResolutionOptions {}

/** The defaults of {@linkcode ImageToImageSuperResolutionOptions}, DeepFloyd IF's. */
export const imageToImageSuperResolutionDefaults = {
  ...superResolutionDefaults,
  strength: 0.8,
} as const satisfies StageDefaults & { strength: number; noiseLevel: number };

/**
 * Enlarges the output of `imageToImage`, starting from noisy versions of its original at full size:
 * `IFImg2ImgSuperResolutionPipeline` of diffusers.
 *
 * Noise is drawn in this order: that of the start, that in the small images, then that of each step.
 *
 * @param model A super-resolution network.
 * @param text The embeddings of the texts, `[N, L, D]`.
 * @param image The original at full size for each text, `[N, C, H, W]` in [-1, 1], H and W multiples of 16 in IF; `prepareImage` makes it.
 * @param lowRes A small image for each text, `[N, C, h, w]` of any size, in [-1, 1].
 * @param options The seed, the strength, the noise level, the negative embeddings, the steps, the guidance, the sampler.
 * @yields The steps, `floor(steps * strength)` of them; `x` and `x0` are `[N * numImagesPerPrompt, C, H, W]`.
 * @throws {ArgumentError} if the model is of another kind, or a shape or an option is out of its range: the message names it.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { imageToImage, openTextToImage, sampleToEnd, zeros } from "@denoise/denoise";
 * import { openDeepFloyd } from "@denoise/denoise/models";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const [rocket, nothing] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
 * const first = await pipeline.network();
 * await using second = await openDeepFloyd("emoji-II", { textLength: pipeline.textLength });
 * const options = { negative: nothing, seed: 0, numInferenceSteps: 2 };
 * const [image32, image128] = [first, second].map(({ spec: { size } }) => zeros([1, 3, size, size]));
 * const small = await sampleToEnd(imageToImage(first, rocket, image32, options));
 * const steps = imageToImageSuperResolution(second, rocket, image128, small, options);
 * const large = await sampleToEnd(steps);
 * ```
 */
export async function* imageToImageSuperResolution(
  model: StageModel,
  text: Tensor,
  image: Tensor,
  lowRes: Tensor,
  options: ImageToImageSuperResolutionOptions,
): AsyncGenerator<SampleStep, void, undefined> {
  assertOptions(options, imageToImageSuperResolutionOptionNames);
  const defaults = imageToImageSuperResolutionDefaults;
  const { strength = defaults.strength, noiseLevel = defaults.noiseLevel } = options;
  const stage = openStage(model, text, options, defaults, { enlarges: true, image });
  stage.assertImages("lowRes", lowRes);
  assertNoiseLevel(model, noiseLevel);
  const timesteps = imageToImageTimesteps(stage.timesteps, strength);
  const start = addNoise(stage.repeatPerImage(image), stage.noise(stage.shape), timesteps[0], stage.schedule);
  yield* stage.draw({ start, timesteps, lowRes: augmented(model, stage, lowRes, noiseLevel) });
}
