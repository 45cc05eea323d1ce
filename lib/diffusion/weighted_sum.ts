/**
 * The arithmetic of the samplers: sums of images, each times a factor.
 *
 * @module
 */

import { assertSameShape, type Tensor } from "../tensor.ts";

/** An image and its factor: one for all elements, or one for each by its index. */
export type Term = readonly [factor: number | ((index: number) => number), x: Tensor];

/**
 * The sum of tensors, each times its factor, in double precision and rounded once.
 *
 * @param first The first term, whose shape the result has.
 * @param others The other terms, of the same shape.
 * @throws {ArgumentError} if the shapes differ.
 */
export function weightedSum(first: Term, ...others: readonly Term[]): Tensor {
  const [, { data, shape }] = first;
  const sum = new Float64Array(data.length);
  for (const [factor, x] of [first, ...others]) {
    assertSameShape(first[1], x, "others");
    if (typeof factor === "number") {
      for (let i = 0; i < sum.length; i++) sum[i] += factor * x.data[i];
    } else {
      for (let i = 0; i < sum.length; i++) sum[i] += factor(i) * x.data[i];
    }
  }
  return { data: new Float32Array(sum), shape };
}
