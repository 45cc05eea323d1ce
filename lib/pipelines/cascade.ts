/**
 * Both stages in one call: from a text to large pictures.
 *
 * @module
 */
import type { SampleStep } from "../diffusion/sample.ts";
import { imageToImageTimesteps } from "../diffusion/timesteps.ts";
import { assertMask } from "../effects/composite.ts";
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
import { assertInpaintingRule } from "./inpainting_rule.ts";
import { assertNoiseLevel } from "./low_resolution.ts";
import { generatorsOf } from "./noise_source.ts";
import { prepareImage, prepareMask } from "./prepare_image.ts";
import { repeatEach } from "./repeat_each.ts";
import { openStage, type StageModel, type StageOptions } from "./stage.ts";
import { superResolution, superResolutionDefaults } from "./super_resolution.ts";
import { textToImage } from "./text_to_image.ts";

/** The names of what both stages are told alike. */
export type CascadeCommonOption = "seed" | "negative" | "numImagesPerPrompt" | "signal";

/** What {@linkcode cascade} can be told. */
export interface CascadeOptions extends Pick<StageOptions, CascadeCommonOption> {
  /**
   * A picture for each text to begin from, `[N, C, H, W]` in [-1, 1]; its middle square is resized for each stage. None unless
   * given: pictures begin as noise.
   */
  readonly image?: Tensor;
  /** With a picture, 1 where to repaint and 0 where to leave it, `[1, 1, H, W]` or `[N, 1, H, W]`; everywhere unless given. */
  readonly mask?: Tensor;
  /** What the first stage is told; strength where there is a picture, the rule where there is a mask. */
  readonly first?: Omit<InpaintOptions, CascadeCommonOption>;
  /** What the second stage is told, likewise. */
  readonly second?: Omit<InpaintSuperResolutionOptions, CascadeCommonOption>;
}

/** One finished step of {@linkcode cascade}. */
export interface CascadeStep extends SampleStep {
  /** Which stage it is of; `index` counts the steps of one stage. */
  readonly stage: 1 | 2;
}

/**
 * Draws small pictures of texts and enlarges them: the two stages of DeepFloyd IF, with the defaults of each pipeline. Without a
 * picture they are `textToImage` and `superResolution`, with one `imageToImage` and `imageToImageSuperResolution`, with a
 * mask too `inpaint` and `inpaintSuperResolution`.
 *
 * One generator serves both: the second stage goes on with the noise where the first has stopped.
 *
 * @param models The networks: one that draws from noise alone, and one that enlarges.
 * @param text The embeddings of the texts, `[N, L, D]`, for both.
 * @param options The seed, the embeddings of what to avoid, a picture, a mask, and what each stage is told.
 * @yields The steps of the first stage and then those of the second; `x` and `x0` are
 * `[N * numImagesPerPrompt, C, size, size]`, of the size of the stage's network.
 * @throws {RangeError} if a model is of another kind, or a shape or an option is out of its range: before the first step, for
 * the second stage too.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts ignore
 * for await (const { stage, index, x0 } of cascade([first, second], rocket, { negative: nothing, seed: 0 })) {
 *   preview(stage, index, x0);
 * }
 * ```
 */
export async function* cascade(
  [first, second]: readonly [StageModel, StageModel],
  text: Tensor,
  options: CascadeOptions,
): AsyncGenerator<CascadeStep, void, undefined> {
  const { image, mask, negative, numImagesPerPrompt = 1, signal } = options;
  if (mask && !image) throw new RangeError("mask: given, where an image is expected beside it");
  if (mask && image) assertMask(mask, image.shape, "image");
  assertSecond(second, text, options);
  const seed = generatorsOf(options.seed);
  const common = { seed, signal };
  const firstOptions = { ...options.first, ...common, negative, numImagesPerPrompt };
  // The second stage has a text and a small picture for each large one.
  const each = (x: Tensor) => repeatEach(x, numImagesPerPrompt);
  const secondOptions = { ...options.second, ...common, negative: negative && each(negative) };
  const scenes = [first, second].map(({ spec: { size } }) => ({
    image: image && prepareImage(image, size, { crop: true }),
    mask: mask && prepareMask(map(mask, (value) => 2 * value - 1), size, { crop: true }),
  }));

  let small: Tensor | undefined;
  for await (const step of drawFirst(first, text, scenes[0], firstOptions)) {
    small = step.x;
    yield { ...step, stage: 1 };
  }
  const scene = {
    image: scenes[1].image && each(scenes[1].image),
    mask: scenes[1].mask && (scenes[1].mask.shape[0] === 1 ? scenes[1].mask : each(scenes[1].mask)),
  };
  for await (const step of drawSecond(second, each(text), scene, small!, secondOptions)) {
    yield { ...step, stage: 2 };
  }
}

/** The picture and the mask of a stage, at its size. */
interface Original {
  readonly image?: Tensor;
  readonly mask?: Tensor;
}

function drawFirst(
  model: StageModel,
  text: Tensor,
  { image, mask }: Original,
  options: InpaintOptions,
): AsyncGenerator<SampleStep, void, undefined> {
  if (!image) return textToImage(model, text, options);
  return mask ? inpaint(model, text, image, mask, options) : imageToImage(model, text, image, options);
}

function drawSecond(
  model: StageModel,
  text: Tensor,
  { image, mask }: Original,
  lowRes: Tensor,
  options: InpaintSuperResolutionOptions,
): AsyncGenerator<SampleStep, void, undefined> {
  if (!image) return superResolution(model, text, lowRes, options);
  return mask
    ? inpaintSuperResolution(model, text, image, mask, lowRes, options)
    : imageToImageSuperResolution(model, text, image, lowRes, options);
}

/** What the second stage is told is checked before the first one takes its time. */
function assertSecond(model: StageModel, text: Tensor, options: CascadeOptions): void {
  const { image, mask, second = {} } = options;
  const edits = mask ? inpaintSuperResolutionDefaults : imageToImageSuperResolutionDefaults;
  const defaults = image ? edits : superResolutionDefaults;
  const { timesteps } = openStage(model, text, { ...options, ...second }, defaults, true);
  assertNoiseLevel(model, second.noiseLevel ?? defaults.noiseLevel);
  assertInpaintingRule(second.rule ?? inpaintSuperResolutionDefaults.rule);
  if (image) imageToImageTimesteps(timesteps, second.strength ?? edits.strength);
}
