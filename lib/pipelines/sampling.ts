/**
 * The loop's options for networks of DeepFloyd IF's kind with any denoiser, which effects are
 * built on.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import type { SampleOptions } from "../diffusion/sample.ts";
import type { SamplerName } from "../diffusion/samplers/mod.ts";
import type { Tensor } from "../tensor.ts";
import { assertEnlarges } from "./stage/assert_enlarges.ts";
import { commonOptions } from "./stage/common_options.ts";
import type { TimestepsChoice } from "./stage/inference_timesteps.ts";
import { assertNoiseLevel, augmented } from "./stage/low_resolution.ts";
import { assertImageRange } from "./stage/image_range.ts";
import { noiseSource, type Seeds } from "./stage/noise_source.ts";
import { type ImageSize, imageSize } from "./stage/image_size.ts";
import type { StageModel } from "./stage/stage.ts";
import { stageSamplerName } from "./stage/stage_sampler.ts";
import { startNoise } from "./stage/start_noise.ts";
import type { Noise } from "../diffusion/types.ts";
import { superResolutionDefaults } from "./super_resolution.ts";
import { textToImageDefaults } from "./text_to_image.ts";
import { assertOptions, type OptionNames } from "../options.ts";
import { imageSizeNames, timestepsChoiceNames } from "./stage/option_names.ts";

/** The options of {@linkcode sampleOptions}. */
export interface SamplingOptions extends TimestepsChoice, ImageSize {
  /** The seed of all noise, an integer or a generator; or a list of them, one for each image. */
  readonly seed: Seeds;
  /** How many images; defaults to as many as there are seeds. */
  readonly count?: number;
  /**
   * The sampler; defaults to that of the scheduler's class (`ddpm` for DeepFloyd IF), with the settings that the scheduler's
   * configuration names. One of another class is run on what they have in common: the noise schedule, the spacing of the
   * timesteps, the prediction type, and thresholding or clipping, which DPM-Solver of diffusers does without.
   */
  readonly sampler?: SamplerName;
  /** How much noise a step of `ddim` adds, in [0, 1]; defaults to 0, and must be 0 for other samplers. */
  readonly eta?: number;
  /** Every how many steps the network recomputes its deep features; defaults to 1, at every step. */
  readonly cacheInterval?: number;
  /** Aborts the work, which then throws its reason. */
  readonly signal?: AbortSignal;
}

const samplingOptionNames: OptionNames<SamplingOptions> = {
  ...timestepsChoiceNames,
  ...imageSizeNames,
  seed: true,
  count: true,
  sampler: true,
  eta: true,
  cacheInterval: true,
  signal: true,
};

/** The options of {@linkcode superResolutionSampleOptions}. */
export interface SuperResolutionSamplingOptions extends Omit<SamplingOptions, "count"> {
  /** The timestep of the noise added to the small images; defaults to 250. */
  readonly noiseLevel?: number;
}

const enlargingOptionNames: OptionNames<SuperResolutionSamplingOptions> = {
  ...timestepsChoiceNames,
  ...imageSizeNames,
  seed: true,
  sampler: true,
  eta: true,
  cacheInterval: true,
  signal: true,
  noiseLevel: true,
};

/**
 * The options of `sample` to generate from noise with a network, following its scheduler's configuration. The default steps are those of
 * `textToImage`, 100.
 *
 * Noise is drawn in the order of `textToImage`: `sample(guided(text, empty, 7), sampleOptions(model, { seed }))` are its images.
 *
 * @param model A first-stage network.
 * @param options The seed, the size, the steps, the sampler.
 * @throws {ArgumentError} if the network is of another kind, or an option out of its range.
 * @throws {CheckpointError} if the scheduler's configuration asks for something the sampler does not support.
 *
 * @example
 * ```ts
 * import { anagram, flip, identity, openTextToImage, sample, sampleToEnd, textDenoisers } from "@denoise/denoise";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const model = await pipeline.network();
 * const text = await pipeline.encode(["an old man", "people around a campfire"]);
 * const [man, campfire] = await textDenoisers(model, text);
 * const denoiser = anagram([{ view: identity(), denoiser: man }, { view: flip(), denoiser: campfire }]);
 * const image = await sampleToEnd(sample(denoiser, sampleOptions(model, { seed: 0, numInferenceSteps: 2 })));
 * ```
 */
export function sampleOptions(model: StageModel, options: SamplingOptions): SampleOptions {
  assertOptions(options, samplingOptionNames);
  assertEnlarges(model, false);
  const { seed, count = Array.isArray(seed) ? seed.length : 1 } = options;
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new ArgumentError("count", count, "a whole number from 1");
  }
  const size = imageSize(model, options);
  const noise = noiseSource(seed, count);
  const common = commonOptions(model, options, textToImageDefaults.numInferenceSteps);
  const start = startOf(model, options, common.timesteps, noise, [count, model.spec.channels, ...size]);
  return { ...common, noise, start };
}

/**
 * The options of `sample` to enlarge images with a network. The default steps are those of `superResolution`, 50; its denoisers
 * must be given the same noise level.
 *
 * @param model A super-resolution network.
 * @param lowRes The small images, `[N, C, h, w]` of any size, in [-1, 1]: clip them if they were generated with a scheduler whose
 * configuration does not clip.
 * @param options The seed, the size, the noise level, the steps, the sampler.
 * @throws {ArgumentError} if the network is of another kind, or an image or an option out of its range.
 * @throws {CheckpointError} if the scheduler's configuration asks for something the sampler does not support.
 *
 * @example
 * ```ts
 * import { openTextToImage, sample, sampleToEnd, zeros } from "@denoise/denoise";
 * import { textDenoiser } from "@denoise/denoise/pipelines";
 * import { openDeepFloyd } from "@denoise/denoise/models";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const text = await pipeline.encode(["a rocket ship"]);
 * await using second = await openDeepFloyd("emoji-II", { textLength: pipeline.textLength });
 * const small = zeros([1, 3, 32, 32]);
 * const rocket = await textDenoiser(second, text, { noiseLevel: 250 });
 * const options = superResolutionSampleOptions(second, small, { seed: 0, noiseLevel: 250, numInferenceSteps: 2 });
 * const large = await sampleToEnd(sample(rocket, options));
 * ```
 */
export function superResolutionSampleOptions(
  model: StageModel,
  lowRes: Tensor,
  options: SuperResolutionSamplingOptions,
): SampleOptions {
  assertOptions(options, enlargingOptionNames);
  assertEnlarges(model, true);
  if (lowRes.shape.length !== 4 || !(lowRes.shape[0] >= 1)) {
    throw new ArgumentError("lowRes", lowRes, "[N, C, h, w]");
  }
  assertImageRange("lowRes", lowRes, model.spec.range);
  const { noiseLevel = superResolutionDefaults.noiseLevel } = options;
  assertNoiseLevel(model, noiseLevel);
  const [count] = lowRes.shape;
  const shape = [count, model.spec.channels, ...imageSize(model, options)];
  const noise = noiseSource(options.seed, count);
  const common = commonOptions(model, options, superResolutionDefaults.numInferenceSteps);
  const start = startOf(model, options, common.timesteps, noise, shape);
  return {
    ...common,
    noise,
    start,
    lowRes: augmented(model, { repeatPerImage: (x) => x, noise, shape }, lowRes, noiseLevel).x,
  };
}

function startOf(
  { scheduler }: StageModel,
  { sampler }: Pick<SamplingOptions, "sampler">,
  timesteps: readonly number[],
  noise: Noise,
  shape: readonly number[],
): Tensor {
  return startNoise(noise, shape, scheduler, stageSamplerName(scheduler, sampler), timesteps);
}
