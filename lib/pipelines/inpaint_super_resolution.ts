/**
 * Inpainting super-resolution.
 *
 * @module
 */
import type { SampleStep } from "../diffusion/sample.ts";
import { addNoise } from "../diffusion/schedule.ts";
import { imageToImageTimesteps } from "../diffusion/timesteps.ts";
import type { Tensor } from "../tensor.ts";
import type { InpaintOptions } from "./inpaint.ts";
import { inpainting, type InpaintingRule } from "./stage/inpainting_rule.ts";
import { assertNoiseLevel, augmented, type LowResolutionOptions } from "./stage/low_resolution.ts";
import { openStage, type StageDefaults, type StageModel } from "./stage/stage.ts";
import { assertOptions } from "../options.ts";
import { inpaintSuperResolutionOptionNames } from "./stage/option_names.ts";

/** The options of {@linkcode inpaintSuperResolution}; the defaults are those of {@linkcode inpaintSuperResolutionDefaults}. */
export interface InpaintSuperResolutionOptions extends InpaintOptions, LowResolutionOptions {}

/** The defaults of {@linkcode InpaintSuperResolutionOptions}, DeepFloyd IF's. */
export const inpaintSuperResolutionDefaults = {
  numInferenceSteps: 100,
  guidanceScale: 4,
  strength: 0.8,
  noiseLevel: 0,
  rule: "keep-original",
} as const satisfies StageDefaults & { strength: number; noiseLevel: number; rule: InpaintingRule };

/**
 * Enlarges the output of `inpaint` inside the mask, and keeps the rest of the original at full size to
 * the last bit: `IFInpaintingSuperResolutionPipeline` of diffusers.
 *
 * Noise is drawn in this order: that of the start, that in the small images, then that of each step (and the rule
 * `renoise-original` draws after each but the last; for `repaint` see there).
 *
 * @param model A super-resolution network.
 * @param text The embeddings of the texts, `[N, L, D]`.
 * @param image The original at full size for each text, `[N, C, H, W]` in [-1, 1], H and W multiples of 16 in IF; `prepareImage` makes it.
 * @param mask 1 where to repaint, `[1, 1, H, W]` or `[N, 1, H, W]`; 0.5 and above count as 1; `prepareMask` makes it.
 * @param lowRes A small image for each text, `[N, C, h, w]` of any size, in [-1, 1].
 * @param options The seed, the rule, the strength, the noise level, the negative embeddings, the steps, the guidance.
 * @yields The steps, `floor(steps * strength)` of them; `x` and `x0` are `[N * numImagesPerPrompt, C, H, W]`.
 * @throws {ArgumentError} if the model is of another kind, or a shape or an option is out of its range: the message names it.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { full, inpaint, openTextToImage, sampleToEnd, zeros } from "@denoise/denoise";
 * import { openDeepFloyd } from "@denoise/denoise/models";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const [rocket, nothing] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
 * const first = await pipeline.network();
 * await using second = await openDeepFloyd("emoji-II", { textLength: pipeline.textLength });
 * const options = { negative: nothing, seed: 0, numInferenceSteps: 2 };
 * const [image32, image128] = [first, second].map(({ spec: { size } }) => zeros([1, 3, size, size]));
 * const [mask32, mask128] = [first, second].map(({ spec: { size } }) => full([1, 1, size, size], 1));
 * const small = await sampleToEnd(inpaint(first, rocket, image32, mask32, options));
 * const steps = inpaintSuperResolution(second, rocket, image128, mask128, small, options);
 * const large = await sampleToEnd(steps);
 * ```
 */
export async function* inpaintSuperResolution(
  model: StageModel,
  text: Tensor,
  image: Tensor,
  mask: Tensor,
  lowRes: Tensor,
  options: InpaintSuperResolutionOptions,
): AsyncGenerator<SampleStep, void, undefined> {
  assertOptions(options, inpaintSuperResolutionOptionNames);
  const defaults = inpaintSuperResolutionDefaults;
  const { strength = defaults.strength, noiseLevel = defaults.noiseLevel, rule = defaults.rule, jumps } =
    options;
  const stage = openStage(model, text, options, defaults, { enlarges: true, image });
  stage.assertImages("lowRes", lowRes);
  assertNoiseLevel(model, noiseLevel);
  const held = inpainting(stage, { rule, jumps }, image, mask);
  const timesteps = imageToImageTimesteps(stage.timesteps, strength);
  const start = addNoise(stage.repeatPerImage(image), stage.noise(stage.shape), timesteps[0], stage.schedule);
  yield* stage.draw({
    start,
    timesteps,
    lowRes: augmented(model, stage, lowRes, noiseLevel),
    ...held,
  });
}
