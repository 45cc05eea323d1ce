/**
 * Denoisers under texts: the building blocks of effects.
 *
 * @module
 */
import type { Condition, Denoiser, Model } from "../diffusion/types.ts";
import { conditioned } from "../effects/conditioned.ts";
import { stackConditions } from "../effects/stack_conditions.ts";
import type { DeepFloydCondition } from "../models/deepfloyd.ts";
import { reshape, slice, type Tensor } from "../tensor.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** The options of {@linkcode textDenoiser}. */
export interface TextDenoiserOptions {
  /** How many images of each text; defaults to 1. */
  readonly numImagesPerPrompt?: number;
  /** For a super-resolution network: the timestep of the noise in the low-resolution images. */
  readonly noiseLevel?: number;
}

const textDenoiserOptionNames: OptionNames<TextDenoiserOptions> = {
  numImagesPerPrompt: true,
  noiseLevel: true,
};

/**
 * A denoiser of images under texts.
 *
 * @param model The network.
 * @param text The embeddings, `[N, L, D]`: of one text for all images, or of each image's own.
 * @param options How many images of each text; the noise level, for super-resolution.
 * @throws {ArgumentError} if the embeddings are not those of the network's encoder, or the noise level is out of range,
 * missing, or superfluous.
 *
 * @example
 * ```ts
 * import { guided, openTextToImage } from "@denoise/denoise";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const model = await pipeline.network();
 * const rocket = await textDenoiser(model, await pipeline.encode(["a rocket ship"]));
 * const empty = await textDenoiser(model, await pipeline.encode([""]));
 * const denoiser = guided(rocket, empty, 7);
 * ```
 */
export async function textDenoiser(
  model: Model<DeepFloydCondition>,
  text: Tensor,
  options: TextDenoiserOptions = {},
): Promise<Denoiser> {
  assertOptions(options, textDenoiserOptionNames);
  const { numImagesPerPrompt = 1, noiseLevel } = options;
  const [texts, ...shape] = text.shape;
  const conditions = await model.prepare(Array.from({ length: texts }, (_, n): DeepFloydCondition => {
    const one = reshape(slice(text, n, n + 1), shape);
    return noiseLevel === undefined ? { text: one } : { text: one, noiseLevel };
  }));
  // One text is shared by all images as it is.
  const each = (condition: Condition) => Array<Condition>(numImagesPerPrompt).fill(condition);
  return conditioned(model, texts === 1 ? conditions[0] : stackConditions(conditions.flatMap(each)));
}

/**
 * A denoiser for each of several texts, for effects to join.
 *
 * @param model The network.
 * @param text The embeddings, `[N, L, D]`.
 * @param options The noise level, where the network enlarges.
 * @returns N denoisers.
 * @throws {ArgumentError} as {@linkcode textDenoiser}.
 *
 * @example
 * ```ts
 * import { openTextToImage } from "@denoise/denoise";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const text = await pipeline.encode(["an old man", "people around a campfire", ""]);
 * const [man, campfire, empty] = await textDenoisers(await pipeline.network(), text);
 * ```
 */
export async function textDenoisers(
  model: Model<DeepFloydCondition>,
  text: Tensor,
  options: Pick<TextDenoiserOptions, "noiseLevel"> = {},
): Promise<Denoiser[]> {
  assertOptions(options, { noiseLevel: true });
  const rows = Array.from({ length: text.shape[0] }, (_, n) => slice(text, n, n + 1));
  return await Promise.all(rows.map((row) => textDenoiser(model, row, options)));
}
