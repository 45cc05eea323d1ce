/**
 * Text-to-image.
 *
 * @module
 */
import type { SampleStep } from "../diffusion/sample.ts";
import type { Tensor } from "../tensor.ts";
import type { ImageSize } from "./stage/image_size.ts";
import { openStage, type StageDefaults, type StageModel, type StageOptions } from "./stage/stage.ts";
import { assertOptions } from "../options.ts";
import { textToImageOptionNames } from "./stage/option_names.ts";

/** The options of {@linkcode textToImage}. */
export interface TextToImageOptions extends StageOptions, ImageSize {}

/** The defaults of {@linkcode TextToImageOptions}, DeepFloyd IF's. */
export const textToImageDefaults = {
  numInferenceSteps: 100,
  guidanceScale: 7,
} as const satisfies StageDefaults;

/**
 * Generates images of texts from noise: `IFPipeline` of diffusers, the first stage of DeepFloyd IF (after Saharia et al. 2022,
 * "Imagen").
 *
 * Noise is drawn in this order: the start, then that of each step.
 *
 * @param model A first-stage network.
 * @param text The embeddings of the texts, `[N, L, D]`.
 * @param options The seed, the size, the negative embeddings, the steps, the guidance, the sampler.
 * @yields The steps; `x` and `x0` are `[N * numImagesPerPrompt, C, height, width]`, in [-1, 1] in the end, the images of one text
 * next to each other.
 * @throws {ArgumentError} if the model is of another kind, or a shape or an option is out of its range: the message names it.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { openTextToImage, sampleToEnd } from "@denoise/denoise";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const [rocket, nothing] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
 * const options = { negative: nothing, seed: 0, numInferenceSteps: 2 };
 * const images = await sampleToEnd(textToImage(await pipeline.network(), rocket, options));
 * ```
 */
export async function* textToImage(
  model: StageModel,
  text: Tensor,
  options: TextToImageOptions,
): AsyncGenerator<SampleStep, void, undefined> {
  assertOptions(options, textToImageOptionNames);
  const stage = openStage(model, text, options, textToImageDefaults, { enlarges: false, size: options });
  yield* stage.draw({ start: stage.startNoise(), timesteps: stage.timesteps });
}
