/** Weights in 8-bit integers. */
import type { Tensor } from "../../tensor.ts";

/** The largest whole number of a weight; as many below 0. */
const LARGEST = 127;

/** A layer's weights in integers. */
export interface QuantizedWeight {
  /** The numbers, from -127 to 127, in the weights' own order. */
  readonly weight: Int8Array<ArrayBuffer>;
  /** A step of each output, above 0. */
  readonly weightScale: Float32Array<ArrayBuffer>;
}

/**
 * The steps of a layer's weights: of each output's, the largest is 127 of them.
 *
 * @param weight `[O, C, ...]`
 * @param inputScale A factor for each C, which the weights are multiplied by first; defaults to 1.
 */
export function weightSteps(weight: Tensor, inputScale?: Float32Array): Float32Array<ArrayBuffer> {
  const { data, shape: [outputs] } = weight;
  const factors = rowFactors(weight, inputScale);
  const row = factors.length;
  return Float32Array.from({ length: outputs }, (_, o) => {
    let largest = 0;
    for (let i = 0; i < row; i++) {
      const size = Math.abs(data[o * row + i] * factors[i]);
      if (size > largest) largest = size;
    }
    // Weights that are all zero do not determine a step.
    return largest / LARGEST || 1;
  });
}

/**
 * Rounds the weights of a layer, those of each output in {@linkcode weightSteps} of their own.
 *
 * @param weight `[O, C, ...]`
 * @param inputScale A factor for each C, which the weights are multiplied by first; defaults to 1.
 */
export function quantizeWeight(weight: Tensor, inputScale?: Float32Array): QuantizedWeight {
  const { data, shape: [outputs] } = weight;
  const weightScale = weightSteps(weight, inputScale);
  const factors = rowFactors(weight, inputScale);
  const row = factors.length;
  const numbers = new Int8Array(data.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < row; i++) {
      const steps = Math.round(data[o * row + i] * factors[i] / weightScale[o]);
      numbers[o * row + i] = Math.max(-LARGEST, Math.min(LARGEST, steps));
    }
  }
  return { weight: numbers, weightScale };
}

/** The factor of each of an output's weights. */
function rowFactors({ data, shape: [outputs, channels] }: Tensor, inputScale?: Float32Array): Float32Array {
  const row = data.length / outputs;
  const kernel = row / channels;
  return Float32Array.from({ length: row }, (_, i) => inputScale?.[Math.floor(i / kernel)] ?? 1);
}
