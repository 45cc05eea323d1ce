/**
 * The arithmetic of the samplers: sums of images, each times a factor.
 *
 * @module
 */

import { assertSameShape, type Tensor } from "../tensor.ts";

/** How many elements are summed at a time: few enough that their doubles stay in the processor's nearest cache. */
const CHUNK = 2048;

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
  const terms = [first, ...others];
  for (const [, x] of others) assertSameShape(first[1], x, "others");
  const out = new Float32Array(data.length);
  const sum = new Float64Array(Math.min(CHUNK, out.length));
  for (let start = 0; start < out.length; start += CHUNK) {
    const size = Math.min(CHUNK, out.length - start);
    sum.fill(0);
    for (const [factor, x] of terms) addTo(sum, factor, x.data.subarray(start, start + size), start);
    out.set(size < sum.length ? sum.subarray(0, size) : sum, start);
  }
  return { data: out, shape };
}

/** Adds to a sum a part of a term, which begins at an index. */
function addTo(sum: Float64Array, factor: Term[0], part: Float32Array, start: number): void {
  if (typeof factor === "number") {
    for (let i = 0; i < part.length; i++) sum[i] += factor * part[i];
  } else {
    for (let i = 0; i < part.length; i++) sum[i] += factor(start + i) * part[i];
  }
}
