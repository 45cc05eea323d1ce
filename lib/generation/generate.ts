/**
 * Text-to-image generation with one stage or both, from noise or from an image, with or without an effect.
 *
 * @module
 */
import { sample, type SampleStep } from "../diffusion/sample.ts";
import type { Denoiser } from "../diffusion/types.ts";
import { findEffect } from "../effects/mod.ts";
import { guidance as guidedAt } from "../effects/guidance.ts";
import type { GuidanceInterval } from "../effects/guidance_interval.ts";
import { cascade } from "../pipelines/cascade.ts";
import { imageToImage } from "../pipelines/image_to_image.ts";
import { inpaint } from "../pipelines/inpaint.ts";
import { prepareImage, prepareMask } from "../pipelines/prepare_image.ts";
import type { PromptEmbeddings } from "../pipelines/prompt_embeddings.ts";
import { sampleOptions, superResolutionSampleOptions } from "../pipelines/sampling.ts";
import { generatorsOf, type Seed } from "../pipelines/stage/noise_source.ts";
import { withinRange } from "../pipelines/stage/image_range.ts";
import { imageMultiple } from "../pipelines/stage/image_size.ts";
import type { TimestepsChoice } from "../pipelines/stage/inference_timesteps.ts";
import type { StageModel } from "../pipelines/stage/stage.ts";
import { FAITHFUL_NOISE_LEVEL, superResolutionDefaults } from "../pipelines/super_resolution.ts";
import { textDenoiser } from "../pipelines/text_denoiser.ts";
import { textToImage } from "../pipelines/text_to_image.ts";
import { map, repeat, slice, type Tensor } from "../tensor.ts";
import { type ChosenEffect, type GenerationOptions, seedsOf } from "./options.ts";

/** The inputs of a generation besides its options. */
export interface GenerationInputs {
  /** The networks: one, or both stages if the options name a second. */
  readonly models: readonly [first: StageModel, second?: StageModel];
  /** The encoded prompts and negative prompt. */
  readonly embeddings: PromptEmbeddings;
  /** The prompts of the effect's parts, encoded, `[M, L, D]`. */
  readonly partEmbeddings?: Tensor;
  /** The image to start from, `[1, C, H, W]` in [-1, 1], of any size. */
  readonly image?: Tensor;
  /** Its mask, `[1, 1, H, W]` in [-1, 1]: 1 where it is regenerated. */
  readonly mask?: Tensor;
  /** Aborts. */
  readonly signal?: AbortSignal;
}

/**
 * Generates images of texts. Each image has its own seed and is the same however many are generated with it.
 *
 * @param options What is generated, of the kind `text`.
 * @param inputs The networks, the encoded prompts, the image and the mask.
 * @yields The steps, of the first stage and then of the second; `x` and `x0` are `[prompts * count, C, H, W]`.
 * @throws {ArgumentError} if an option is out of its range for the networks: the message names it.
 * @throws The signal's reason, once it is aborted.
 *
 * @example An image that says how it was made.
 * ```ts
 * import * as denoise from "@denoise/denoise";
 * import { readPngText } from "@denoise/denoise/images";
 * import { encodePrompts } from "@denoise/denoise/pipelines";
 * import { openModelFolder } from "@denoise/denoise/models";
 * import { generationDefaults, generationText, readGenerationText, resolveGenerationOptions } from "@denoise/denoise/generation";
 *
 * const model = await openModelFolder("emoji-I");
 * const choices = { of: "text", prompts: ["a rocket ship"], steps: 2, count: 1 } as const;
 * const defaults = generationDefaults("text");
 * const options = await resolveGenerationOptions(defaults, { model, upscaler: null }, choices);
 * await using pipeline = await denoise.openTextToImage(model.path);
 * const embeddings = await encodePrompts(pipeline, options.prompts, options.negative);
 * const steps = generate(options, { models: [await pipeline.network()], embeddings });
 * const png = denoise.encodePng(await denoise.sampleToEnd(steps), { text: generationText(options) });
 * console.log(readGenerationText(readPngText(png).denoise).options.steps); // 2
 * ```
 */
export function generate(
  options: GenerationOptions,
  inputs: GenerationInputs,
): AsyncGenerator<SampleStep, void, undefined> {
  const seeds = options.prompts.flatMap(() => seedsOf(options));
  if (options.effect) return generateComposed(options, options.effect, inputs, seeds);
  const { models: [first, second], embeddings: { text, negativeText }, image, mask, signal } = inputs;
  const { sampler, guidance, guidanceInterval, cacheInterval, count, height, width, keepAspect, upscale } =
    options;
  const texts = options.prompts.length;
  const common = { seed: seeds, negative: repeat(negativeText, texts), numImagesPerPrompt: count, signal };
  const strength = options.strength ?? undefined;
  const held = mask ? { rule: options.rule, jumps: options.jumps } : {};
  const guided = { guidanceScale: guidance, guidanceInterval };
  const own = { sampler, ...visits(options), ...guided, cacheInterval, strength, ...held };
  if (second) {
    return cascade([first, second], text, {
      ...common,
      height,
      width,
      crop: !keepAspect,
      image: image && repeat(image, texts),
      mask: mask && map(mask, (value) => value >= 0 ? 1 : 0),
      first: own,
      second: {
        sampler: upscale!.sampler ?? sampler,
        numInferenceSteps: upscale!.steps,
        guidanceScale: upscale!.guidance,
        guidanceInterval: upscale!.guidanceInterval,
        cacheInterval: upscale!.cacheInterval,
        noiseLevel: upscale!.noiseLevel,
      },
    });
  }
  if (!image) return textToImage(first, text, { ...common, ...own, height, width });
  const { size } = first.spec;
  const fit = { crop: !keepAspect, multiple: imageMultiple(first) };
  const prepared = repeat(prepareImage(image, size, fit), texts);
  if (!mask) return imageToImage(first, text, prepared, { ...common, ...own });
  return inpaint(first, text, prepared, prepareMask(mask, size, fit), { ...common, ...own });
}

/** The timesteps of the first stage: a list, or a number for the scheduler to space. */
function visits({ steps, timesteps }: GenerationOptions): TimestepsChoice {
  return timesteps ? { timesteps } : { numInferenceSteps: steps };
}

/** Generates with an effect. One list of generators serves both stages, as in a cascade. */
async function* generateComposed(
  options: GenerationOptions,
  { name, parts }: ChosenEffect,
  { models: [first, second], embeddings, partEmbeddings, signal }: GenerationInputs,
  seeds: readonly bigint[],
): AsyncGenerator<SampleStep, void, undefined> {
  const { sampler, guidance, count, upscale, height, width } = options;
  const seed = generatorsOf(seeds) as readonly Seed[];
  const effect = findEffect(name);
  const pixels = first.spec.size;
  const compose = async (
    model: StageModel,
    scale: number,
    { noiseLevel, interval }: { readonly noiseLevel?: number; readonly interval?: GuidanceInterval },
  ) => {
    const ofTexts = { noiseLevel, numImagesPerPrompt: count };
    let made: Promise<Denoiser> | undefined;
    const empty = () => made ??= textDenoiser(model, embeddings.negativeText, { noiseLevel });
    const under = (text: Tensor) =>
      guidedAt(() => textDenoiser(model, text, ofTexts), empty, scale, "formula", interval);
    const ready: { values: typeof parts[number]; denoiser: Denoiser }[] = [];
    for (const [i, values] of parts.entries()) {
      ready.push({ values, denoiser: await under(slice(partEmbeddings!, i, i + 1)) });
    }
    return effect.compose(await under(embeddings.text), ready, { pixels });
  };
  let small: Tensor | undefined;
  const { denoiser, constrain } = await compose(first, guidance, { interval: options.guidanceInterval });
  const { cacheInterval } = options;
  const own = sampleOptions(first, {
    seed,
    sampler,
    ...visits(options),
    cacheInterval,
    height,
    width,
    signal,
  });
  for await (const step of sample(denoiser, { ...own, constrain })) {
    small = step.x;
    yield step;
  }
  if (!second) return;
  const { noiseLevel = FAITHFUL_NOISE_LEVEL, guidance: scale = superResolutionDefaults.guidanceScale } =
    upscale!;
  const factor = second.spec.size / first.spec.size;
  const composed = await compose(second, scale, { noiseLevel, interval: upscale!.guidanceInterval });
  const enlarging = superResolutionSampleOptions(second, withinRange(small!, first), {
    height: height && height * factor,
    width: width && width * factor,
    seed,
    sampler: upscale!.sampler ?? sampler,
    numInferenceSteps: upscale!.steps,
    cacheInterval: upscale!.cacheInterval,
    noiseLevel,
    signal,
  });
  yield* sample(composed.denoiser, { ...enlarging, constrain: composed.constrain });
}
