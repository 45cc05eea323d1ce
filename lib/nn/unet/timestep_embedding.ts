/** The embedding of a timestep: that of the images, or of the noise in low-resolution images (the noise level). */
import { concat, cos, mul, reshape, sin, type Value } from "../../onnx/mod.ts";
import { linearLayer } from "../layers.ts";
import type { Scope } from "../scope.ts";
import { activate, type UnetActivation } from "./activation.ts";

/** How the sines and cosines of a number are arranged. */
export interface SinusoidalStyle {
  /** Whether the cosines come before the sines. */
  readonly cosineFirst: boolean;
  /** What is taken off the number of frequencies where they are spread. */
  readonly frequencyShift: number;
}

/** How an embedding is made of them. */
export interface EmbeddingStyle {
  /** Channels of the embedding. */
  readonly embeddingWidth: number;
  /** The activation between the linear layers. */
  readonly activation: UnetActivation;
}

/**
 * Sines and cosines of a number at frequencies from 1 down to 1/10000 (Vaswani et al. 2017, section 3.5), in float32
 * step by step as diffusers computes them: at t = 1000 their last bits are visible in the result.
 *
 * @param t A timestep for each image, `[N]`
 * @param width How many sines and cosines together; even.
 * @returns `[N, width]`
 */
export function sinusoidalEmbedding(
  t: Value,
  width: number,
  { cosineFirst, frequencyShift }: SinusoidalStyle,
): Value {
  const half = width / 2;
  const slope = Math.fround(-Math.log(10000));
  const frequencies = Array.from({ length: half }, (_, i) => {
    return Math.fround(Math.exp(Math.fround(Math.fround(slope * i) / (half - frequencyShift))));
  });
  const angles = mul(reshape(t, [t.shape[0], 1]), t.graph.constant(frequencies, "float32", [1, half]));
  return concat(cosineFirst ? [cos(angles), sin(angles)] : [sin(angles), cos(angles)], 1);
}

/**
 * The embedding of a timestep: its sines and cosines through a linear layer, the activation and a linear layer
 * (`linear_1`, `linear_2`).
 *
 * @param t A timestep for each image, `[N]`
 * @param width How many sines and cosines together; even.
 * @returns `[N, embeddingWidth]`
 */
export function timestepEmbedding(
  scope: Scope,
  t: Value,
  width: number,
  style: SinusoidalStyle & EmbeddingStyle,
): Value {
  return vectorEmbedding(scope, scope.build(() => sinusoidalEmbedding(t, width, style)), style);
}

/**
 * The embedding of a vector: a linear layer, the activation and a linear layer (`linear_1`, `linear_2`).
 *
 * @param vector `[N, width]`
 * @returns `[N, embeddingWidth]`
 */
export function vectorEmbedding(scope: Scope, vector: Value, style: EmbeddingStyle): Value {
  const hidden = linearLayer(scope.at("linear_1"), vector, style.embeddingWidth);
  return linearLayer(scope.at("linear_2"), activate(hidden, style.activation), style.embeddingWidth);
}
