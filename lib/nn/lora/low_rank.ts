import { conv2d, type ConvOptions, matmul, type Value } from "../../onnx/mod.ts";

/**
 * What a low-rank update adds to a layer's images: `B A x` (Hu et al. 2021, eq. 3). The product of the matrices is never made.
 *
 * @param x `[N, C, L]`, or `[N, C, H, W]` of a convolution.
 * @param down `A`: `[rank, C]`, or `[rank, C, kH, kW]`.
 * @param up `B`: `[O, rank]`, or `[O, rank, 1, 1]`.
 * @param options How the convolution moves over the images.
 * @returns `[N, O, L]`, or `[N, O, H', W']`.
 */
export function lowRank(x: Value, down: Value, up: Value, options: ConvOptions): Value {
  if (down.rank === 4) return conv2d(conv2d(x, down, undefined, options), up);
  return matmul(up, matmul(down, x));
}
