/**
 * Inpainting from a text.
 *
 * @module
 */
import type { SampleStep } from "../diffusion/sample.ts";
import { addNoise } from "../diffusion/schedule.ts";
import { imageToImageTimesteps } from "../diffusion/timesteps.ts";
import type { Tensor } from "../tensor.ts";
import { inpainting, type InpaintingRule, type InpaintingRuleOptions } from "./stage/inpainting_rule.ts";
import { openStage, type StageDefaults, type StageModel, type StageOptions } from "./stage/stage.ts";
import { assertOptions } from "../options.ts";
import { inpaintOptionNames } from "./stage/option_names.ts";

/** The options of {@linkcode inpaint}. */
export interface InpaintOptions extends StageOptions, InpaintingRuleOptions {
  /** How much changes inside the mask, in (0, 1]: the fraction of the timesteps that is visited; defaults to 1. */
  readonly strength?: number;
}

/** The defaults of {@linkcode InpaintOptions}, DeepFloyd IF's. */
export const inpaintDefaults = {
  numInferenceSteps: 50,
  guidanceScale: 7,
  strength: 1,
  rule: "keep-original",
} as const satisfies StageDefaults & { strength: number; rule: InpaintingRule };

/**
 * Regenerates what a mask covers from a text, and keeps the rest to the last bit: `IFInpaintingPipeline` of diffusers.
 *
 * The masked area starts from a noisy version of the image, even at strength 1. Noise is drawn in this order: that of the start,
 * then that of each step (and the rule `renoise-original` draws after each but the last; for `repaint` see there).
 *
 * @param model A first-stage network.
 * @param text The embeddings of the texts, `[N, L, D]`.
 * @param image An image for each text, `[N, C, H, W]` in [-1, 1], H and W multiples of 8 in IF; `prepareImage` makes it.
 * @param mask 1 where to repaint, `[1, 1, H, W]` or `[N, 1, H, W]`; 0.5 and above count as 1; `prepareMask` makes it.
 * @param options The seed, the rule, the strength, the negative embeddings, the steps, the guidance, the sampler.
 * @yields The steps, `floor(steps * strength)` of them; `x` and `x0` are `[N * numImagesPerPrompt, C, H, W]`.
 * @throws {ArgumentError} if the model is of another kind, or a shape or an option is out of its range: the message names it.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { openTextToImage, sampleToEnd, zeros } from "@denoise/denoise";
 * import { map } from "@denoise/denoise/tensors";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const model = await pipeline.network();
 * const [rocket, nothing] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
 * const { size } = model.spec;
 * const image = zeros([1, 3, size, size]);
 * const mask = map(zeros([1, 1, size, size]), (_, i) => i < size * size / 2 ? 1 : 0); // the upper half
 * const options = { negative: nothing, seed: 0, numInferenceSteps: 2, rule: "renoise-original" } as const;
 * const inpainted = await sampleToEnd(inpaint(model, rocket, image, mask, options));
 * ```
 */
export async function* inpaint(
  model: StageModel,
  text: Tensor,
  image: Tensor,
  mask: Tensor,
  options: InpaintOptions,
): AsyncGenerator<SampleStep, void, undefined> {
  assertOptions(options, inpaintOptionNames);
  const { strength = inpaintDefaults.strength, rule = inpaintDefaults.rule, jumps } = options;
  const stage = openStage(model, text, options, inpaintDefaults, { enlarges: false, image });
  const held = inpainting(stage, { rule, jumps }, image, mask);
  const timesteps = imageToImageTimesteps(stage.timesteps, strength);
  const start = addNoise(stage.repeatPerImage(image), stage.noise(stage.shape), timesteps[0], stage.schedule);
  yield* stage.draw({ start, timesteps, ...held });
}
