/** Weights as integers of 8 bits. */
import { roundHalfEven } from "../../round_half_even.ts";
import type { Tensor } from "../../tensor.ts";

/** The largest whole number of a weight; as many below 0. */
const LARGEST = 127;

/** A layer's weights as whole numbers. */
export interface QuantizedWeight {
  /** The numbers, from -127 to 127, in the weights' own order. */
  readonly weight: Int8Array<ArrayBuffer>;
  /** A step of each output, above 0. */
  readonly weightScale: Float32Array<ArrayBuffer>;
}

/**
 * Rounds the weights of a layer, those of each output in steps of their own: the largest of them is 127 steps.
 *
 * @param weight `[O, C, ...]`
 * @param inputScale A factor for each C, which the weights are multiplied by first; defaults to 1.
 */
export function quantizeWeight({ data, shape }: Tensor, inputScale?: Float32Array): QuantizedWeight {
  const [outputs, channels] = shape;
  const row = data.length / outputs;
  const kernel = row / channels;
  const factor = (i: number) => inputScale?.[Math.floor(i / kernel)] ?? 1;
  const weight = new Int8Array(data.length);
  const weightScale = new Float32Array(outputs);
  for (let o = 0; o < outputs; o++) {
    let largest = 0;
    for (let i = 0; i < row; i++) largest = Math.max(largest, Math.abs(data[o * row + i] * factor(i)));
    // Weights that are all zero have no step of their own.
    weightScale[o] = largest / LARGEST || 1;
    for (let i = 0; i < row; i++) {
      const steps = roundHalfEven(data[o * row + i] * factor(i) / weightScale[o]);
      weight[o * row + i] = Math.max(-LARGEST, Math.min(LARGEST, steps));
    }
  }
  return { weight, weightScale };
}
