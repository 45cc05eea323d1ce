/**
 * Image-to-image.
 *
 * @module
 */
import type { SampleStep } from "../diffusion/sample.ts";
import { addNoise } from "../diffusion/schedule.ts";
import { imageToImageTimesteps } from "../diffusion/timesteps.ts";
import type { Tensor } from "../tensor.ts";
import { openStage, type StageDefaults, type StageModel, type StageOptions } from "./stage/stage.ts";
import { assertOptions } from "../options.ts";
import { imageToImageOptionNames } from "./stage/option_names.ts";

/** The options of {@linkcode imageToImage}. */
export interface ImageToImageOptions extends StageOptions {
  /** How much of the image changes, in (0, 1]: the fraction of the timesteps that is visited; defaults to 0.7. */
  readonly strength?: number;
}

/** The defaults of {@linkcode ImageToImageOptions}, DeepFloyd IF's. */
export const imageToImageDefaults = {
  numInferenceSteps: 80,
  guidanceScale: 10,
  strength: 0.7,
} as const satisfies StageDefaults & { strength: number };

/**
 * Generates images of texts, starting from noisy versions of given ones (SDEdit, Meng et al. 2022): `IFImg2ImgPipeline` of
 * diffusers.
 *
 * Noise is drawn in this order: that of the start, then that of each step.
 *
 * @param model A first-stage network.
 * @param text The embeddings of the texts, `[N, L, D]`.
 * @param image An image for each text, `[N, C, H, W]` in [-1, 1], H and W multiples of 8 in IF; `prepareImage` makes it.
 * @param options The seed, the strength, the negative embeddings, the steps, the guidance, the sampler.
 * @yields The steps, `floor(steps * strength)` of them; `x` and `x0` are `[N * numImagesPerPrompt, C, H, W]`.
 * @throws {ArgumentError} if the model is of another kind, or a shape or an option is out of its range: the message names it.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { Generator, openTextToImage, prepareImage, sampleToEnd } from "@denoise/denoise";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const model = await pipeline.network();
 * const [rocket, nothing] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
 * const photo = new Generator(0).rand([1, 3, 50, 40]); // from decodeImage, for instance
 * const image = prepareImage(photo, model.spec.size, { crop: true });
 * const options = { negative: nothing, seed: 0, numInferenceSteps: 4, strength: 0.6 };
 * const images = await sampleToEnd(imageToImage(model, rocket, image, options));
 * ```
 */
export async function* imageToImage(
  model: StageModel,
  text: Tensor,
  image: Tensor,
  options: ImageToImageOptions,
): AsyncGenerator<SampleStep, void, undefined> {
  assertOptions(options, imageToImageOptionNames);
  const { strength = imageToImageDefaults.strength } = options;
  const stage = openStage(model, text, options, imageToImageDefaults, { enlarges: false, image });
  const timesteps = imageToImageTimesteps(stage.timesteps, strength);
  const start = addNoise(stage.repeatPerImage(image), stage.noise(stage.shape), timesteps[0], stage.schedule);
  yield* stage.draw({ start, timesteps });
}
