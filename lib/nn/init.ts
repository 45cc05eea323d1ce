import type { Generator } from "../random.ts";
import { sizeOf } from "../tensor.ts";

/** Draws the first values of a parameter. */
export type Initializer = (shape: readonly number[], generator: Generator) => Float32Array;

/** The same value everywhere. */
export function filled(value: number): Initializer {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/** Uniform in ±bound. */
export function uniform(bound: number): Initializer {
  return (shape, generator) => generator.rand(shape).data.map((u) => (2 * u - 1) * bound);
}

/**
 * PyTorch's default for the weights of linear and convolution layers: Kaiming uniform (He et al. 2015) with a = √5,
 * which is uniform in ±1/√fanIn.
 *
 * @param fanIn How many inputs one output sums over.
 */
export function kaimingUniform(fanIn: number): Initializer {
  return uniform(1 / Math.sqrt(fanIn));
}

/** Normal with a standard deviation. */
export function normal(deviation: number): Initializer {
  return (shape, generator) => generator.randn(shape).data.map((z) => z * deviation);
}
