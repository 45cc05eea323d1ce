/**
 * Super-resolution: from small images and texts to large images.
 *
 * @module
 */
import type { SampleStep } from "../diffusion/sample.ts";
import type { Tensor } from "../tensor.ts";
import { assertNoiseLevel, augmented, type LowResolutionOptions } from "./stage/low_resolution.ts";
import type { ImageSize } from "./stage/image_size.ts";
import { openStage, type StageDefaults, type StageModel, type StageOptions } from "./stage/stage.ts";
import { assertOptions } from "../options.ts";
import { superResolutionOptionNames } from "./stage/option_names.ts";

/** The options of {@linkcode superResolution}. */
export interface SuperResolutionOptions extends StageOptions, ImageSize, LowResolutionOptions {}

/** The defaults of {@linkcode SuperResolutionOptions}, DeepFloyd IF's. */
export const superResolutionDefaults = {
  numInferenceSteps: 50,
  guidanceScale: 4,
  noiseLevel: 250,
} as const satisfies StageDefaults & { noiseLevel: number };

/**
 * The noise level for small images whose details matter, such as anagrams and hybrids: that of Visual Anagrams, which keeps
 * more of them than IF's default does.
 */
export const FAITHFUL_NOISE_LEVEL = 50;

/**
 * Enlarges images: `IFSuperResolutionPipeline` of diffusers, the second stage of DeepFloyd IF (after Ho et al. 2021,
 * "Cascaded diffusion models").
 *
 * Noise is drawn in this order: the start, that in the small images, then that of each step.
 *
 * @param model A super-resolution network.
 * @param text The embeddings of the texts, `[N, L, D]`.
 * @param lowRes A small image for each text, `[N, C, h, w]` of any size, in [-1, 1]: the first stage's, clipped if its
 * scheduler's configuration does not clip.
 * @param options The seed, the size, the noise level, the negative embeddings, the steps, the guidance, the sampler.
 * @yields The steps; `x` and `x0` are `[N * numImagesPerPrompt, C, height, width]`, in [-1, 1] in the end.
 * @throws {ArgumentError} if the model is of another kind, or a shape or an option is out of its range: the message names it.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { openTextToImage, sampleToEnd, textToImage } from "@denoise/denoise";
 * import { openDeepFloyd } from "@denoise/denoise/models";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const [rocket, nothing] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
 * const first = await pipeline.network();
 * await using second = await openDeepFloyd("emoji-II", { textLength: pipeline.textLength });
 * const options = { negative: nothing, seed: 0, numInferenceSteps: 2 };
 * const small = await sampleToEnd(textToImage(first, rocket, options));
 * const large = await sampleToEnd(superResolution(second, rocket, small, options));
 * ```
 */
export async function* superResolution(
  model: StageModel,
  text: Tensor,
  lowRes: Tensor,
  options: SuperResolutionOptions,
): AsyncGenerator<SampleStep, void, undefined> {
  assertOptions(options, superResolutionOptionNames);
  const { noiseLevel = superResolutionDefaults.noiseLevel } = options;
  const stage = openStage(model, text, options, superResolutionDefaults, { enlarges: true, size: options });
  stage.assertImages("lowRes", lowRes);
  assertNoiseLevel(model, noiseLevel);
  const start = stage.startNoise();
  yield* stage.draw({
    start,
    timesteps: stage.timesteps,
    lowRes: augmented(model, stage, lowRes, noiseLevel),
  });
}
