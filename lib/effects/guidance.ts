/**
 * What a guidance scale means, everywhere: in the library, on the command line, in the report and in the gallery.
 *
 * @module
 */

import { ArgumentError } from "../argument_error.ts";
import type { Denoiser } from "../diffusion/types.ts";
import { guided } from "./guided.ts";
import { assertGuidanceInterval, type GuidanceInterval, withinInterval } from "./guidance_interval.ts";
import { assertGuidanceScale } from "./guidance_scale.ts";

export { guidanceLimit, guidanceMeaning } from "./guidance_scale.ts";

/**
 * Which scales mean guidance.
 *
 * - `formula`: all of them, `empty + scale (text - empty)`, by which 0 ignores the text and 1 is the text alone;
 * - `diffusers`: those above 1 alone; at 1 and below the text is taken as it is: the rule of DeepFloyd IF's pipelines in
 *   diffusers, for whoever wants their images at such scales too.
 */
export type GuidanceRule = "formula" | "diffusers";

/** Which of the two halves of guidance are needed. */
export interface GuidanceHalves {
  /** Whether the text has. */
  readonly text: boolean;
  /** Whether the empty text has, or what is to be avoided. */
  readonly empty: boolean;
}

/**
 * Which halves a scale needs: the formula needs no text at 0, and nothing else at 1.
 *
 * @param scale The guidance scale.
 * @param rule Which scales mean guidance.
 * @throws {ArgumentError} if the rule is unknown.
 */
export function guidanceHalves(scale: number, rule: GuidanceRule = "formula"): GuidanceHalves {
  switch (rule) {
    case "formula":
      return { text: scale !== 0, empty: scale !== 1 };
    case "diffusers":
      return { text: true, empty: scale > 1 };
    default:
      throw new ArgumentError("guidanceRule", rule, "formula or diffusers");
  }
}

/**
 * Classifier-free guidance that prepares and asks no more than the scale needs: {@linkcode guided}, but at 0 the empty text
 * alone and at 1 the text alone, which are its results there to the last bit, at half the cost.
 *
 * @param text Makes the denoiser under the condition.
 * @param empty Makes the denoiser without it, or under what is to be avoided.
 * @param scale The guidance scale, from -1000 to 1000.
 * @param rule Which scales mean guidance; defaults to `formula`.
 * @param interval The timesteps at which there is guidance; at all others the text is asked alone ({@linkcode withinInterval}).
 * Defaults to all.
 * @throws {ArgumentError} if the scale is out of its range, the rule unknown, or the interval none.
 *
 * @example
 * ```ts
 * import { openTextToImage } from "@denoise/denoise";
 * import { textDenoiser } from "@denoise/denoise/pipelines";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const model = await pipeline.network();
 * const [rocket, nothing] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
 * const denoiser = await guidance(
 *   () => textDenoiser(model, rocket),
 *   () => textDenoiser(model, nothing),
 *   7,
 * );
 * ```
 */
export async function guidance(
  text: () => Promise<Denoiser> | Denoiser,
  empty: () => Promise<Denoiser> | Denoiser,
  scale: number,
  rule: GuidanceRule = "formula",
  interval?: GuidanceInterval,
): Promise<Denoiser> {
  assertGuidanceScale("scale", scale);
  if (interval) assertGuidanceInterval("interval", interval);
  const halves = guidanceHalves(scale, rule);
  if (!halves.empty) return await text();
  const outside = interval && await text();
  const inside = halves.text
    ? guided(...await Promise.all([outside ?? text(), empty()]), scale)
    : await empty();
  return outside && interval ? withinInterval(inside, outside, interval) : inside;
}
