import type { Tensor } from "../../lib/tensor.ts";
import { assertFeatures } from "./squared_distances.ts";

/**
 * The kernel distance of two sets of features (Bińkowski et al. 2018, "Demystifying MMD GANs", section 4; KID where the features
 * are those of Inception): the unbiased estimate of the squared maximum mean discrepancy (Gretton et al. 2012, eq. 3)
 *
 * mean of k(aᵢ, aⱼ) over i ≠ j + mean of k(bᵢ, bⱼ) over i ≠ j - 2 mean of k(aᵢ, bⱼ)
 *
 * with the kernel k(x, y) = (x·y / D + 1)³. It does not depend on how many samples there are, and may be a little below zero.
 *
 * @param a `[N, D]`, two or more.
 * @param b `[M, D]`, two or more.
 * @throws {ArgumentError} if one has fewer rows, or their rows differ in length.
 */
export function kernelDistance(a: Tensor, b: Tensor): number {
  assertFeatures("a", a, undefined, 2);
  assertFeatures("b", b, a.shape[1], 2);
  return meanOfPairs(a) + meanOfPairs(b) - 2 * sumOfKernels(a, b) / (a.shape[0] * b.shape[0]);
}

/** The mean kernel of different rows of one matrix. */
function meanOfPairs(a: Tensor): number {
  const [count] = a.shape;
  let own = 0;
  for (let i = 0; i < count; i++) own += kernel(a, i, a, i);
  return (sumOfKernels(a, a) - own) / (count * (count - 1));
}

function sumOfKernels(a: Tensor, b: Tensor): number {
  let sum = 0;
  for (let i = 0; i < a.shape[0]; i++) {
    for (let j = 0; j < b.shape[0]; j++) sum += kernel(a, i, b, j);
  }
  return sum;
}

function kernel(a: Tensor, i: number, b: Tensor, j: number): number {
  const [, width] = a.shape;
  let product = 0;
  for (let k = 0, p = i * width, q = j * width; k < width; k++, p++, q++) product += a.data[p] * b.data[q];
  return (product / width + 1) ** 3;
}
