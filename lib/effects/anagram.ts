/**
 * Images that show something else under another view.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { join } from "../diffusion/plan.ts";
import { described } from "../show_value.ts";
import { meanOf } from "./mean.ts";
import { meanVariance, mixedEstimates } from "./mixed_estimates.ts";
import type { Effect } from "./effect.ts";
import { createView, identity, type ViewName, views } from "./views/mod.ts";
import type { View } from "./views/view.ts";
import type { Denoiser, Input, Prediction } from "../diffusion/types.ts";

/** A view and what the image shows under it. */
export interface AnagramPart {
  /** The view. */
  readonly view: View;
  /** What the image shows under the view. */
  readonly denoiser: Denoiser;
}

/**
 * A visual anagram (Geng et al. 2024, "Visual Anagrams: Generating Multi-View Optical Illusions with Diffusion Models",
 * eq. 3): each denoiser sees the noisy images under its view, the view of each prediction is undone, and the estimate is their mean.
 * The same goes for the clean images, if all predictions have them, and for the learned variance, if there is one.
 *
 * All queries of a step go to a network in one batch. A view is also applied to the low-resolution images of a second stage.
 *
 * @param parts Two views or more (one is no anagram, but allowed), each with its denoiser.
 * @throws {ArgumentError} if there are none.
 *
 * @example
 * An image that is a 2 upright and a 7 after a half turn.
 * ```ts
 * import { conditioned, ddim, Generator, guided, identity, openMnistModel, rotate, sample, sampleToEnd } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("mnist-class");
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
  if (parts.length === 0) throw new ArgumentError("parts", described("empty list"), "at least one view");
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

/** The values of a part of an anagram. */
export type AnagramValues = {
  /** The view's name. */
  readonly view: ViewName;
  /** What the image shows under the view. */
  readonly prompt: string;
};

/** {@linkcode anagram} by its name: the image shows its own prompt upright, and each part's under a view. */
export const anagramEffect: Effect<"anagram", AnagramValues> = {
  name: "anagram",
  title: "Visual anagram",
  summary: "Seen under a view, the image shows something else.",
  fields: {
    view: {
      kind: "choice",
      choices: Object.keys(views) as ViewName[],
      fallback: "flip",
      help: "view for --anagram",
    },
    prompt: { kind: "prompt", help: "what the image shows under --view; repeatable" },
  },
  example: {
    prompt: "an oil painting of a hamburger",
    parts: [{ view: "flip", prompt: "an oil painting of a frog" }],
  },
  repeatable: true,
  square: true, // as views are
  compose: (own, parts, { pixels }) => ({
    denoiser: anagram([
      { view: identity(), denoiser: own },
      ...parts.map(({ values, denoiser }) => ({ view: createView(values.view, { pixels }), denoiser })),
    ]),
  }),
  perspectives: (parts, { pixels }) =>
    parts.map(({ view }) => ({ label: view, apply: (x) => createView(view, { pixels }).apply(x) })),
};
