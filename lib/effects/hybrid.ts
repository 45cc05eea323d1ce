/**
 * Images that show several things at once, each in one component of the image.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { join } from "../diffusion/plan.ts";
import { type Term, weightedSum } from "../diffusion/weighted_sum.ts";
import type { Denoiser } from "../diffusion/types.ts";
import { described } from "../show_value.ts";
import type { Tensor } from "../tensor.ts";
import type { Effect } from "./effect.ts";
import { meanVariance, mixedEstimates } from "./mixed_estimates.ts";
import { frequencies } from "./parts/frequencies.ts";
import type { Part } from "./parts/part.ts";

/** What a part of an image shows. */
export interface HybridPart {
  /** The part of a noise estimate that counts. */
  readonly part: Part;
  /** What it shows. */
  readonly denoiser: Denoiser;
}

/**
 * A hybrid image (Geng et al. 2024, "Factorized Diffusion: Perceptual Illusions by Noise Decomposition", eq. 4): each
 * denoiser sees the whole noisy image, of each estimate one part is taken, and the parts are added up. So are those
 * of the clean images, where all estimates have them. The learned variance is the mean of all, where there is one.
 *
 * The parts must be a split of the identity, whose sum is the whole estimate: {@linkcode frequencies} (an image that is
 * something else seen from afar), {@linkcode frequencyBands}, {@linkcode colours}, {@linkcode motion}, or a custom split.
 *
 * @param parts The parts, each with its denoiser.
 * @throws {ArgumentError} if there are none.
 *
 * @example
 * An image that is a 0 from afar and a 1 from near.
 * ```ts
 * import { conditioned, ddim, frequencies, Generator, openMnistModel, sample, sampleToEnd } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("mnist-class");
 * const [zero, one] = (await model.prepare([0, 1])).map((condition) => conditioned(model, condition));
 * const [low, high] = frequencies();
 * const denoiser = hybrid([{ part: low, denoiser: zero }, { part: high, denoiser: one }]);
 * const noise = (shape: readonly number[]) => new Generator(0).randn(shape);
 * const start = noise([1, 1, 28, 28]);
 * const image = await sampleToEnd(sample(denoiser, { sampler: ddim(), timesteps: [299, 200, 100], start, noise }));
 * ```
 */
export function hybrid(parts: readonly HybridPart[]): Denoiser {
  if (parts.length === 0) throw new ArgumentError("parts", described("empty list"), "at least one part");
  return (input, t) =>
    join(
      parts.map(({ part, denoiser }) =>
        join([denoiser(input, t)], ([{ noise, x0, variance }]) => {
          return { noise: part(noise), ...(x0 && { x0: part(x0) }), variance };
        })
      ),
      (predictions) => ({ ...mixedEstimates(predictions, sumOf), variance: meanVariance(predictions) }),
    );
}

function sumOf([first, ...others]: readonly Tensor[]): Tensor {
  return weightedSum([1, first], ...others.map((x): Term => [1, x]));
}

/** {@linkcode hybrid} by its name, of {@linkcode frequencies}: up close the image shows its own prompt, from a distance the part's. */
export const hybridEffect: Effect<"hybrid", { readonly prompt: string }> = {
  name: "hybrid",
  title: "Hybrid image",
  summary: "Seen from a distance, the image shows something else.",
  fields: {
    prompt: { kind: "prompt", help: "what the image shows from a distance; up close it shows the prompt" },
  },
  example: { prompt: "an oil painting of a hamburger", parts: [{ prompt: "an oil painting of a man" }] },
  compose: (own, [far]) => {
    const [low, high] = frequencies();
    return { denoiser: hybrid([{ part: low, denoiser: far.denoiser }, { part: high, denoiser: own }]) };
  },
  perspectives: () => [{ label: "from afar", apply: frequencies()[0] }],
};
