/**
 * Unconditional or class-conditional generation, from noise or from an image.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import type { SampleStep } from "../diffusion/sample.ts";
import type { Unet2DModel } from "../models/unet2d.ts";
import { prepareImage, prepareMask } from "../pipelines/prepare_image.ts";
import { sampleUnconditional } from "../pipelines/unconditional.ts";
import { described } from "../show_value.ts";
import { slice, type Tensor } from "../tensor.ts";
import { type GenerationOptions, seedsOf } from "./options.ts";

/** The inputs of a generation besides its options. */
export interface UnconditionalInputs {
  /** The network. */
  readonly model: Unet2DModel;
  /** The image to start from, `[1, C, H, W]` in [-1, 1], of any size. */
  readonly image?: Tensor;
  /** Its mask, `[1, 1, H, W]` in [-1, 1]: 1 where it is regenerated. */
  readonly mask?: Tensor;
  /** Aborts. */
  readonly signal?: AbortSignal;
}

/**
 * Generates images with an unconditional or class-conditional network. Each image has its own seed and is the same however many are generated
 * with it.
 *
 * @param options What is generated, of the kind `unconditional`.
 * @param inputs The network, the image and the mask.
 * @yields The steps; `x` and `x0` are `[count, C, H, W]`.
 * @throws {ArgumentError} if an option is out of its range for the network: the message names it.
 * @throws The signal's reason, once it is aborted.
 */
export function generateUnconditional(
  options: GenerationOptions,
  { model, image, mask, signal }: UnconditionalInputs,
): AsyncGenerator<SampleStep, void, undefined> {
  const { prompts: [label], sampler, steps, timesteps, count, height, width, keepAspect, rule, jumps } =
    options;
  const { size } = model.spec;
  const fit = { crop: !keepAspect, multiple: model.config.sizeStep };
  return sampleUnconditional(model, {
    seed: seedsOf(options),
    sampler,
    ...(timesteps ? { timesteps } : { numInferenceSteps: steps }),
    ...(label !== undefined && { classLabels: Array<number>(count).fill(Number(label)) }),
    height,
    width,
    image: image && inChannels(prepareImage(image, size, fit), model),
    strength: options.strength ?? undefined,
    mask: mask && prepareMask(mask, size, fit),
    ...(mask && { rule, jumps }),
    signal,
  });
}

/** An image of three channels as the network takes it: a gray one as one channel. */
function inChannels(image: Tensor, { spec: { channels } }: Unet2DModel): Tensor {
  if (channels === 3) return image;
  const planes = [0, 1, 2].map((n) => slice(image, n, n + 1, 1));
  const isGray = planes.every(({ data }) => data.every((value, i) => value === planes[0].data[i]));
  if (channels === 1 && isGray) return planes[0];
  throw new ArgumentError("image", described("one with colours"), channels === 1 ? "a gray one" : "none", {
    note: `of a network of ${channels} channels`,
  });
}
