/** Layers whose weights are integers: which tensors a file has of one, and how it is done. */
import { reshape, transpose, type Value } from "../onnx/mod.ts";
import { blockMatmul, type BlockMatrix } from "../onnx/ops/block_matmul.ts";
import { quantizedConv2d, type QuantizedWeights } from "../onnx/ops/quantized_conv.ts";
import type { ConvolutionLayer } from "./scope.ts";

/** The tensors of a layer, by their names in a file. */
export interface QuantizedNames {
  /** I8 `[O, ...]`. */
  readonly weight: string;
  /** F32 `[O]`: a step of the weights of each output. */
  readonly weightScale: string;
  /** F32 `[C]`, where inputs are quantised too: a step of each input channel, by which the weights are multiplied. */
  readonly inputScale: string;
  /** U8 scalar, where inputs are quantised too: what an input of 0 is. */
  readonly inputZeroPoint: string;
  /** F32 `[O]`, where inputs are quantised too: a step of each output channel. */
  readonly outputScale: string;
  /** F32 `[O]`, beside it: the middle of each output channel. */
  readonly outputCentre: string;
}

/**
 * The names of a layer's tensors, beside its bias. A weight is `weight weightScale[o] / inputScale[c]`, or
 * `weight weightScale[o]` where inputs are not quantised.
 *
 * @param path The layer's path in the network.
 */
export function quantizedNames(path: string): QuantizedNames {
  return {
    weight: `${path}.weight`,
    weightScale: `${path}.weight_scale`,
    inputScale: `${path}.input_scale`,
    inputZeroPoint: `${path}.input_zero_point`,
    outputScale: `${path}.output_scale`,
    outputCentre: `${path}.output_centre`,
  };
}

/** The tensors of a linear layer whose weights are integers of 4 bits, by their names in a file. */
export interface BlockNames {
  /** U8 `[O, B, S / 2]`: B blocks of S numbers of each row, two in a byte. */
  readonly weight: string;
  /** F32 `[O, B]`: a step of each block. */
  readonly scales: string;
}

/**
 * The names of such a layer's tensors.
 *
 * @param path The layer's path in the network.
 */
export function blockNames(path: string): BlockNames {
  return { weight: `${path}.weight`, scales: `${path}.weight_scales` };
}

/** The path of a layer whose weight has this name; undefined for tensors that are no layer's weight. */
export function layerOfWeight(name: string): string | undefined {
  return name.endsWith(".weight") ? name.slice(0, -".weight".length) : undefined;
}

/** The shape of a layer's weight as that of a convolution, `[O, C, kH, kW]`: kernels of a linear layer are one pixel. */
export function kernelShape(weightShape: readonly number[]): readonly number[] {
  return weightShape.length === 2 ? [...weightShape, 1, 1] : weightShape;
}

/**
 * A linear layer over channels whose weights are integers of 4 bits.
 *
 * @param x `[N, C, L]`
 * @param matrix Its weights.
 * @returns `[N, O, L]`
 */
export function blockLayer(x: Value, matrix: BlockMatrix): Value {
  return transpose(blockMatmul(transpose(x, [0, 2, 1]), matrix), [0, 2, 1]);
}

/**
 * A layer in integers.
 *
 * @param layer The layer.
 * @param weights Its weights, shaped as {@linkcode kernelShape} says.
 * @returns Its images, of the rank that they come in with.
 */
export function quantizedLayer({ x, options }: ConvolutionLayer, weights: QuantizedWeights): Value {
  if (x.rank === 4) return quantizedConv2d(x, weights, options);
  // A sequence is a picture one pixel wide.
  const y = quantizedConv2d(reshape(x, [...x.shape, 1]), weights, options);
  return reshape(y, y.shape.slice(0, -1));
}
