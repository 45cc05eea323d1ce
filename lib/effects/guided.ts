/**
 * Classifier-free guidance.
 *
 * @module
 */

import type { Denoiser } from "../diffusion/types.ts";
import { combine } from "../tensor.ts";

/**
 * Classifier-free guidance (Ho & Salimans 2022, eq. 6, in the form that Imagen and DeepFloyd IF use):
 * `noise = empty + scale (text - empty)`. The variance is that of the text.
 *
 * The formula holds at every scale: 0 is unconditional, 1 is the text alone, in between they are mixed, and below 0 the
 * text is avoided. The questions without the text come first; both halves go to a network in one batch.
 *
 * @param text The denoiser under the condition.
 * @param empty The denoiser without it, or under what is to be avoided.
 * @param scale The guidance scale.
 * @throws {RangeError} if the scale is no finite number.
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
  if (!Number.isFinite(scale)) throw new RangeError(`scale: ${scale} where a finite number is expected`);
  return {
    ask: (input, t) => [...empty.ask(input, t), ...text.ask(input, t)],
    answer(predictions, input, t) {
      // Asking is pure, so asking again tells how many of the answers are whose.
      const count = empty.ask(input, t).length;
      const without = empty.answer(predictions.slice(0, count), input, t);
      const { noise, variance } = text.answer(predictions.slice(count), input, t);
      return { noise: combine(1 - scale, without.noise, scale, noise), variance };
    },
  };
}
