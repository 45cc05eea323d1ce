/**
 * Both stages in one call: from texts to large images.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import type { SampleStep } from "../diffusion/sample.ts";
import { imageToImageTimesteps } from "../diffusion/timesteps.ts";
import { assertMask } from "../effects/composite.ts";
import { described } from "../show_value.ts";
import { map, type Tensor } from "../tensor.ts";
import { imageToImage } from "./image_to_image.ts";
import {
  imageToImageSuperResolution,
  imageToImageSuperResolutionDefaults,
} from "./image_to_image_super_resolution.ts";
import { inpaint, type InpaintOptions } from "./inpaint.ts";
import {
  inpaintSuperResolution,
  inpaintSuperResolutionDefaults,
  type InpaintSuperResolutionOptions,
} from "./inpaint_super_resolution.ts";
import { assertInpaintingRule } from "./stage/inpainting_rule.ts";
import { assertNoiseLevel } from "./stage/low_resolution.ts";
import { generatorsOf } from "./stage/noise_source.ts";
import { prepareImage, prepareMask } from "./prepare_image.ts";
import { repeatPerImage } from "./stage/repeat_per_image.ts";
import { withinRange } from "./stage/image_range.ts";
import { imageMultiple, type ImageSize, imageSize } from "./stage/image_size.ts";
import { openStage, type StageModel, type StageOptions } from "./stage/stage.ts";
import { superResolution, superResolutionDefaults } from "./super_resolution.ts";
import { textToImage } from "./text_to_image.ts";
import { assertOptions, type OptionNames } from "../options.ts";
import {
  imageSizeNames,
  imageToImageOptionNames,
  imageToImageSuperResolutionOptionNames,
  inpaintOptionNames,
  inpaintSuperResolutionOptionNames,
  lowResolutionOptionNames,
  stageOptionNames,
} from "./stage/option_names.ts";

/** The names of the options that both stages share. */
export type CascadeCommonOption = "seed" | "negative" | "numImagesPerPrompt" | "signal";

/** The options of {@linkcode cascade}. */
export interface CascadeOptions extends Pick<StageOptions, CascadeCommonOption>, ImageSize {
  /**
   * An image for each text to start from, `[N, C, H, W]` in [-1, 1], which is resized for each stage. Defaults to none: images
   * begin as noise, and have `height` and `width` in the first stage.
   */
  readonly image?: Tensor;
  /** Whether the image is cropped to its central square (the default), or keeps its aspect ratio, as far as the networks allow. */
  readonly crop?: boolean;
  /** With an image: 1 where to repaint and 0 where to keep it, `[1, 1, H, W]` or `[N, 1, H, W]`; defaults to everywhere. */
  readonly mask?: Tensor;
  /** The options of the first stage, including strength with an image and the rule with a mask. */
  readonly first?: Omit<InpaintOptions, CascadeCommonOption>;
  /** The options of the second stage, likewise. */
  readonly second?: Omit<InpaintSuperResolutionOptions, CascadeCommonOption>;
}

const cascadeOptionNames: OptionNames<CascadeOptions> = {
  ...imageSizeNames,
  seed: true,
  negative: true,
  numImagesPerPrompt: true,
  signal: true,
  image: true,
  crop: true,
  mask: true,
  first: true,
  second: true,
};

/** One finished step of {@linkcode cascade}. */
export interface CascadeStep extends SampleStep {
  /** The stage it belongs to; `index` counts the steps of one stage. */
  readonly stage: 1 | 2;
}

/**
 * Draws small images of texts and enlarges them: the two stages of DeepFloyd IF, with the defaults of each pipeline. Without an
 * image they are `textToImage` and `superResolution`, with one `imageToImage` and `imageToImageSuperResolution`, with a
 * mask too `inpaint` and `inpaintSuperResolution`.
 *
 * One generator serves both: the second stage continues the noise where the first stopped. It takes the first stage's
 * images clipped to their range, which changes them only if the scheduler's configuration does not clip.
 *
 * @param models The networks: a first stage and a super-resolution stage.
 * @param text The embeddings of the texts, `[N, L, D]`, for both.
 * @param options The seed, the negative embeddings, an image, a mask, and the options of each stage.
 * @yields The steps of the first stage and then those of the second; `x` and `x0` are
 * `[N * numImagesPerPrompt, C, height, width]`, in the second stage as many times larger as its network's images are.
 * @throws {ArgumentError} if a model is of another kind, or a shape or an option is out of its range: before the first step, for
 * the second stage too.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { openTextToImage } from "@denoise/denoise";
 * import { openDeepFloyd } from "@denoise/denoise/models";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const [rocket, nothing] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
 * const first = await pipeline.network();
 * await using second = await openDeepFloyd("emoji-II", { textLength: pipeline.textLength });
 * const few = { numInferenceSteps: 2 };
 * const options = { negative: nothing, seed: 0, first: few, second: few };
 * for await (const { stage, index, x0 } of cascade([first, second], rocket, options)) {
 *   console.log(stage, index, x0.shape);
 * }
 * ```
 */
export async function* cascade(
  [first, second]: readonly [StageModel, StageModel],
  text: Tensor,
  options: CascadeOptions,
): AsyncGenerator<CascadeStep, void, undefined> {
  assertOptions(options, cascadeOptionNames);
  const { image, mask, crop = true, negative, numImagesPerPrompt = 1, signal } = options;
  if (mask && !image) throw new ArgumentError("mask", described("given"), "an image beside it");
  if (mask && image) assertMask(mask, image.shape, "image");
  for (const side of ["height", "width"] as const) {
    if (image && options[side] !== undefined) {
      throw new ArgumentError(side, options[side], "none beside an image", { note: "which has its own" });
    }
  }
  const sizes = sizesOf(first, second, options);
  assertSecond(second, text, options, sizes[1]);
  const seed = generatorsOf(options.seed);
  const common = { seed, signal };
  // An image has its own size.
  const [size, enlargedSize] = image ? [] : sizes;
  const firstOptions = { ...options.first, ...common, ...size, negative, numImagesPerPrompt };
  // The second stage has a text and a small image for each large one.
  const each = (x: Tensor) => repeatPerImage(x, numImagesPerPrompt);
  const secondOptions = {
    ...options.second,
    ...common,
    ...enlargedSize,
    negative: negative && each(negative),
  };
  const scenes = [first, second].map((model) => {
    const { size } = model.spec;
    const prepared = { crop, multiple: imageMultiple(model) };
    return {
      image: image && prepareImage(image, size, prepared),
      mask: mask && prepareMask(map(mask, (value) => 2 * value - 1), size, prepared),
    };
  });

  let small: Tensor | undefined;
  for await (const step of drawFirst(first, text, scenes[0], firstOptions)) {
    small = step.x;
    yield { ...step, stage: 1 };
  }
  const scene = {
    image: scenes[1].image && each(scenes[1].image),
    mask: scenes[1].mask && (scenes[1].mask.shape[0] === 1 ? scenes[1].mask : each(scenes[1].mask)),
  };
  for await (const step of drawSecond(second, each(text), scene, withinRange(small!, first), secondOptions)) {
    yield { ...step, stage: 2 };
  }
}

/** The sizes of both stages' images. */
function sizesOf(first: StageModel, second: StageModel, size: ImageSize): readonly ImageSize[] {
  const [height, width] = imageSize(first, size);
  const factor = second.spec.size / first.spec.size;
  return [{ height, width }, { height: height * factor, width: width * factor }];
}

/** The image and the mask of a stage, at its size. */
interface Original {
  readonly image?: Tensor;
  readonly mask?: Tensor;
}

function drawFirst(
  model: StageModel,
  text: Tensor,
  { image, mask }: Original,
  options: InpaintOptions & ImageSize,
): AsyncGenerator<SampleStep, void, undefined> {
  if (!image) return textToImage(model, text, options);
  return mask ? inpaint(model, text, image, mask, options) : imageToImage(model, text, image, options);
}

function drawSecond(
  model: StageModel,
  text: Tensor,
  { image, mask }: Original,
  lowRes: Tensor,
  options: InpaintSuperResolutionOptions & ImageSize,
): AsyncGenerator<SampleStep, void, undefined> {
  if (!image) return superResolution(model, text, lowRes, options);
  return mask
    ? inpaintSuperResolution(model, text, image, mask, lowRes, options)
    : imageToImageSuperResolution(model, text, image, lowRes, options);
}

/** Checks the options of the second stage before the slow first one runs. */
function assertSecond(model: StageModel, text: Tensor, options: CascadeOptions, size: ImageSize): void {
  const { image, mask, first = {}, second = {} } = options;
  assertOptions<object>(
    first,
    ownNames(mask ? inpaintOptionNames : image ? imageToImageOptionNames : stageOptionNames),
  );
  assertOptions<object>(
    second,
    ownNames(
      mask
        ? inpaintSuperResolutionOptionNames
        : image
        ? imageToImageSuperResolutionOptionNames
        : { ...stageOptionNames, ...lowResolutionOptionNames },
    ),
  );
  const edits = mask ? inpaintSuperResolutionDefaults : imageToImageSuperResolutionDefaults;
  const defaults = image ? edits : superResolutionDefaults;
  const { timesteps } = openStage(model, text, { ...options, ...second }, defaults, {
    enlarges: true,
    size,
  });
  assertNoiseLevel(model, second.noiseLevel ?? defaults.noiseLevel);
  assertInpaintingRule(first);
  assertInpaintingRule(second);
  if (image) imageToImageTimesteps(timesteps, second.strength ?? edits.strength);
}

/** The names of a stage's own options, without the shared ones. */
function ownNames(names: OptionNames<StageOptions>): Readonly<Record<string, true>> {
  const { seed: _seed, negative: _negative, numImagesPerPrompt: _count, signal: _signal, ...own } = names;
  return own;
}
