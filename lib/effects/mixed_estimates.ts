/**
 * How effects mix what networks estimate.
 *
 * @module
 */
import type { Prediction } from "../diffusion/types.ts";
import type { Tensor } from "../tensor.ts";
import { meanOf } from "./mean.ts";

/**
 * Mixes estimates by a linear function whose weights add up to the identity, such as a weighted mean: it gives the noise
 * of the noises, and the clean images of the clean images where all predictions have some. Where only some have, those of
 * the mixture follow from its noise, as exactly as those of a network that estimates noise do.
 *
 * @param predictions The predictions, in the order that `mix` expects.
 * @param mix The function.
 */
export function mixedEstimates(
  predictions: readonly Prediction[],
  mix: (estimates: readonly Tensor[]) => Tensor,
): Pick<Prediction, "noise" | "x0"> {
  const noise = mix(predictions.map(({ noise }) => noise));
  const clean = predictions.flatMap(({ x0 }) => x0 ?? []);
  return clean.length === predictions.length ? { noise, x0: mix(clean) } : { noise };
}

/** The mean of the learned variances; undefined unless all predictions have one. */
export function meanVariance(predictions: readonly Prediction[]): Tensor | undefined {
  const variances = predictions.flatMap(({ variance }) => variance ?? []);
  return variances.length === predictions.length ? meanOf(variances) : undefined;
}
