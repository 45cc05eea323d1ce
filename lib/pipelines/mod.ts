/**
 * Pipelines: digits, DeepFloyd IF's six pipelines and its cascade, each with its defaults, and the pieces
 * they are made of.
 *
 * @example
 * ```ts
 * import { openTextToImage, textToImage } from "@denoise/denoise/pipelines";
 * import { sampleToEnd } from "@denoise/denoise";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const [text, negative] = [await pipeline.encode(["a skull"]), await pipeline.encode([""])];
 * const model = await pipeline.network();
 * const images = await sampleToEnd(textToImage(model, text, { negative, seed: 0, numInferenceSteps: 2 }));
 * ```
 *
 * @module
 */
export * from "./sample_digits.ts";
export * from "./unconditional.ts";
export * from "./text_to_image.ts";
export * from "./image_to_image.ts";
export * from "./inpaint.ts";
export * from "./super_resolution.ts";
export * from "./image_to_image_super_resolution.ts";
export * from "./inpaint_super_resolution.ts";
export * from "./cascade.ts";
export * from "./text_denoiser.ts";
export * from "./sampling.ts";
export * from "./open_text_to_image.ts";
export * from "./prompt_embeddings.ts";
export * from "./prepare_image.ts";
export * from "./stage/upsample.ts";
export { withinRange } from "./stage/image_range.ts";
export { type ImageSize, imageSize, type SizedNetwork } from "./stage/image_size.ts";
export { inferenceTimesteps, type TimestepsChoice } from "./stage/inference_timesteps.ts";
export {
  defaultJumps,
  type InpaintingRule,
  type InpaintingRuleOptions,
  inpaintingRules,
} from "./stage/inpainting_rule.ts";
export type { LowResolutionOptions } from "./stage/low_resolution.ts";
export { noiseSource, type Seed, type Seeds } from "./stage/noise_source.ts";
export type { CalibrationRun } from "./quantize/calibrate.ts";
export { type PictureDifference, pictureDifference } from "./quantize/picture_difference.ts";
export {
  type Activations,
  QUANTIZATION,
  type QuantizedNetwork,
  quantizeNetwork,
  type QuantizeOptions,
  type QuantizeProgress,
  quantizingBytes,
} from "./quantize/quantize_network.ts";
export { quantizeTextEncoder, type QuantizeTextEncoderOptions } from "./quantize/quantize_text_encoder.ts";
export { repeatPerImage } from "./stage/repeat_per_image.ts";
export type { StageDefaults, StageModel, StageOptions } from "./stage/stage.ts";
export { stageSamplerName } from "./stage/stage_sampler.ts";
