/**
 * Classifier-free guidance.
 *
 * @module
 */

import { join } from "../diffusion/plan.ts";
import type { Denoiser } from "../diffusion/types.ts";
import { combine } from "../tensor.ts";
import { assertGuidanceScale } from "./guidance_scale.ts";
import { mixedEstimates } from "./mixed_estimates.ts";

/**
 * Classifier-free guidance (Ho & Salimans 2022, eq. 6, in the form that Imagen and DeepFloyd IF use):
 * `noise = empty + scale (text - empty)`, and the clean images likewise where both halves have them. The variance is that
 * of the text; at 0, where the text does not count, that of the empty one.
 *
 * The formula holds at every scale: 0 is unconditional, 1 is the text alone, in between they are mixed, and below 0 the
 * text is avoided. The queries without the text come first; both halves go to a network in one batch.
 * {@linkcode guidance} spares the half that a scale of 0 or 1 does not need.
 *
 * @param text The denoiser under the condition.
 * @param empty The denoiser without it, or under what is to be avoided.
 * @param scale The guidance scale, from -1000 to 1000.
 * @throws {ArgumentError} if the scale is out of its range.
 *
 * @example
 * ```ts
 * import { conditioned, denoiseOnce, Generator, openMnistModel } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("models/mnist-class");
 * const [three, none] = (await model.prepare([3, null])).map((condition) => conditioned(model, condition));
 * const x = new Generator(0).randn([1, 1, 28, 28]);
 * const { x0 } = await denoiseOnce(guided(three, none, 5), { x }, 299); // what the network expects of a 3
 * ```
 */
export function guided(text: Denoiser, empty: Denoiser, scale: number): Denoiser {
  assertGuidanceScale("scale", scale);
  return (input, t) =>
    join([empty(input, t), text(input, t)], ([without, under]) => ({
      ...mixedEstimates([without, under], ([a, b]) => combine(1 - scale, a, scale, b)),
      variance: (scale === 0 ? without : under).variance,
    }));
}
