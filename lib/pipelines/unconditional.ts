/**
 * Unconditional and class-conditional generation: `DDPMPipeline` and `DDIMPipeline` of diffusers, also starting from an image.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { sample, type SampleStep } from "../diffusion/sample.ts";
import type { SamplerName } from "../diffusion/samplers/mod.ts";
import { addNoise } from "../diffusion/schedule.ts";
import { imageToImageTimesteps } from "../diffusion/timesteps.ts";
import type { Denoiser } from "../diffusion/types.ts";
import { conditioned } from "../effects/conditioned.ts";
import { repaint } from "../effects/repaint.ts";
import { stackConditions } from "../effects/stack_conditions.ts";
import type { Unet2DModel } from "../models/unet2d.ts";
import { assertOptions } from "../options.ts";
import { described } from "../show_value.ts";
import { repeat, type Tensor } from "../tensor.ts";
import { imageToImageDefaults } from "./image_to_image.ts";
import { inpaintDefaults } from "./inpaint.ts";
import { commonOptions } from "./stage/common_options.ts";
import { assertImageRange } from "./stage/image_range.ts";
import { type ImageSize, imageSize } from "./stage/image_size.ts";
import type { TimestepsChoice } from "./stage/inference_timesteps.ts";
import { inpainting, type InpaintingRuleOptions } from "./stage/inpainting_rule.ts";
import { noiseSource, type Seeds } from "./stage/noise_source.ts";
import { unconditionalOptionNames } from "./stage/option_names.ts";
import { stageSamplerName } from "./stage/stage_sampler.ts";
import { startNoise } from "./stage/start_noise.ts";

/** The options of {@linkcode sampleUnconditional}. */
export interface UnconditionalOptions extends TimestepsChoice, ImageSize, InpaintingRuleOptions {
  /** The seed of all noise, an integer or a generator; or a list of them, one for each image. */
  readonly seed: Seeds;
  /** How many images; defaults to as many as there are seeds or classes. */
  readonly count?: number;
  /** Only for a network with classes: the class of each image, a number, or a vector if its classes are vectors. */
  readonly classLabels?: readonly (number | Tensor)[];
  /** An image to start from, `[1, C, H, W]` in [-1, 1], or one for each. */
  readonly image?: Tensor;
  /** With `image`: how much of it changes, in (0, 1]; defaults to 0.7, and with a mask to 1. */
  readonly strength?: number;
  /** With `image`: 1 where to repaint, `[1, 1, H, W]` or one for each image. */
  readonly mask?: Tensor;
  /** The sampler; defaults to that of the pipeline: `ddim` of `DDIMPipeline`, else that of the scheduler's class. */
  readonly sampler?: SamplerName;
  /** How much noise a step of `ddim` adds, in [0, 1]; defaults to 0. */
  readonly eta?: number;
  /** Aborts the work, which then throws its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Generates images from noise: with the same seed those of `DDPMPipeline` and `DDIMPipeline`, in 1000 and 50 steps by default.
 * With an image it generates variations of it (SDEdit, Meng et al. 2022), and with a mask it regenerates what that covers.
 *
 * Noise is drawn in this order: that of the start, then that of each step.
 *
 * @param model The network.
 * @param options The seed, the number of images, the steps, the sampler; the image and the mask.
 * @yields The steps; `x` and `x0` are `[count, C, H, W]`, in the end within [-1, 1] or a little beyond.
 * @throws {ArgumentError} if an option is out of its range: the message names it.
 * @throws {CheckpointError} if the scheduler's configuration asks for something the sampler does not support.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { sampleToEnd } from "@denoise/denoise";
 * import type { Unet2DModel } from "@denoise/denoise/models";
 *
 * export function fourFaces(model: Unet2DModel) { // from openUnet2D(folder)
 *   return sampleToEnd(sampleUnconditional(model, { seed: [0, 1, 2, 3], sampler: "ddim", numInferenceSteps: 50 }));
 * }
 * ```
 */
export async function* sampleUnconditional(
  model: Unet2DModel,
  options: UnconditionalOptions,
): AsyncGenerator<SampleStep, void, undefined> {
  assertOptions(options, unconditionalOptionNames);
  const { seed, image, mask, strength, rule, jumps, signal } = options;
  const count = countOf(options);
  assertTogether(options);
  const { scheduler, spec: { channels, schedule } } = model;
  const size = image ? givenSize(model, image, count) : imageSize(model, options);
  const shape = [count, channels, ...size];
  const noise = noiseSource(seed, count);
  const { sampler, numInferenceSteps, timesteps, eta } = options;
  const common = commonOptions(
    model,
    { sampler, numInferenceSteps, timesteps, eta, signal },
    model.numInferenceSteps,
  );
  const whole = common.timesteps;
  const denoiser = await denoiserOf(model, options, count);
  if (!image) {
    const name = stageSamplerName(scheduler, sampler);
    yield* sample(denoiser, { ...common, noise, start: startNoise(noise, shape, scheduler, name, whole) });
    return;
  }
  const each = (x: Tensor) => x.shape[0] === count ? x : repeat(x, count);
  const held = mask
    ? inpainting({ repeatPerImage: each, schedule }, { rule, jumps }, image, mask)
    : undefined;
  const { strength: fallback } = mask ? inpaintDefaults : imageToImageDefaults;
  const visited = imageToImageTimesteps(whole, strength ?? fallback);
  const start = addNoise(each(image), noise(shape), visited[0], schedule);
  yield* sample(denoiser, {
    ...common,
    sampler: held?.jumps === undefined ? common.sampler : repaint(common.sampler, held.constrain, held.jumps),
    timesteps: visited,
    constrain: held?.constrain,
    noise,
    start,
  });
}

/** The number of images. */
function countOf({ seed, count, classLabels }: UnconditionalOptions): number {
  const seeds = Array.isArray(seed) ? seed.length : undefined;
  const images = count ?? seeds ?? classLabels?.length ?? 1;
  if (!(Number.isInteger(images) && images >= 1)) {
    throw new ArgumentError("count", images, "a whole number from 1");
  }
  return images;
}

/** Refuses options that need others, or exclude them. */
function assertTogether({ image, mask, strength, rule, jumps, height, width }: UnconditionalOptions): void {
  const needs = (names: Readonly<Record<string, unknown>>, expected: string) => {
    const found = Object.entries(names).find(([, value]) => value !== undefined);
    if (found) throw new ArgumentError(found[0], found[1], expected);
  };
  if (!image) needs({ mask, strength }, "an image beside it");
  else needs({ height, width }, "none beside an image, which has its own");
  if (!mask) needs({ rule, jumps }, "a mask beside it");
}

/** The size of the image to start from. */
function givenSize({ spec, config: { sizeStep } }: Unet2DModel, image: Tensor, count: number) {
  const [images, channels, height, width] = image.shape;
  const fits = image.shape.length === 4 && (images === 1 || images === count) && channels === spec.channels &&
    [height, width].every((side) => side >= 1 && side % sizeStep === 0);
  if (!fits) {
    const expected =
      `[1,${spec.channels},H,W] or [${count},${spec.channels},H,W], H and W multiples of ${sizeStep},`;
    throw new ArgumentError("image", image, expected);
  }
  assertImageRange("image", image, spec.range);
  return [height, width];
}

async function denoiserOf(
  model: Unet2DModel,
  { classLabels }: UnconditionalOptions,
  count: number,
): Promise<Denoiser> {
  if (!classLabels) {
    const [nothing] = await model.prepare([null]);
    return conditioned(model, nothing);
  }
  if (classLabels.length !== count) {
    throw new ArgumentError(
      "classLabels",
      described(`a list of ${classLabels.length}`),
      `one for each of ${count} images`,
    );
  }
  return conditioned(model, stackConditions(await model.prepare([...classLabels])));
}
