/**
 * Images that show something else when they are seen another way.
 *
 * @module
 */
import { join } from "../diffusion/plan.ts";
import { meanOf } from "./mean.ts";
import { meanVariance, mixedEstimates } from "./mixed_estimates.ts";
import type { View } from "./views/view.ts";
import type { Denoiser, Input, Prediction } from "../diffusion/types.ts";

/** What an image shows under a view. */
export interface AnagramPart {
  /** How the image is looked at. */
  readonly view: View;
  /** What it shows then. */
  readonly denoiser: Denoiser;
}

/**
 * A visual anagram (Geng et al. 2024, "Visual Anagrams: Generating Multi-View Optical Illusions with Diffusion Models",
 * eq. 3): each denoiser sees the noisy images under its view, each prediction is turned back, and the estimate is their mean.
 * So are the clean images, where all predictions have them, and the learned variance, where there is one.
 *
 * All queries of a step go to a network in one batch. A view turns the low-resolution images of a second stage too.
 *
 * @param parts Two views or more (one is no anagram, but allowed), each with its denoiser.
 * @throws {RangeError} if there are none.
 *
 * @example
 * An image that is a 2 upright and a 7 after a half turn.
 * ```ts
 * import { conditioned, ddim, Generator, guided, identity, openMnistModel, rotate, sample, sampleToEnd } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("models/mnist-class");
 * const [two, seven, none] = (await model.prepare([2, 7, null])).map((condition) => conditioned(model, condition));
 * const denoiser = anagram([
 *   { view: identity(), denoiser: guided(two, none, 5) },
 *   { view: rotate(180), denoiser: guided(seven, none, 5) },
 * ]);
 * const noise = (shape: readonly number[]) => new Generator(0).randn(shape);
 * const start = noise([1, 1, 28, 28]);
 * const image = await sampleToEnd(sample(denoiser, { sampler: ddim(), timesteps: [299, 200, 100], start, noise }));
 * ```
 */
export function anagram(parts: readonly AnagramPart[]): Denoiser {
  if (parts.length === 0) throw new RangeError("parts: empty list, at least one view is expected");
  return (input, t) =>
    join(
      parts.map(({ view, denoiser }) =>
        join([denoiser(seen(input, view), t)], ([own]) => turnedBack(own, view))
      ),
      (predictions) => ({ ...mixedEstimates(predictions, meanOf), variance: meanVariance(predictions) }),
    );
}

function seen({ x, lowRes }: Input, view: View): Input {
  return lowRes ? { x: view.apply(x), lowRes: view.apply(lowRes) } : { x: view.apply(x) };
}

function turnedBack({ noise, x0, variance }: Prediction, view: View): Prediction {
  return {
    noise: view.undo(noise),
    ...(x0 && { x0: view.undo(x0) }),
    variance: variance && view.undoVariance(variance),
  };
}
