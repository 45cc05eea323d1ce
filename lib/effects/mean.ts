/** Means of tensors. @module */
import { weightedSum } from "../diffusion/weighted_sum.ts";
import type { Tensor } from "../tensor.ts";

/** The mean of tensors of one shape, computed in double precision and rounded once. */
export function meanOf(tensors: readonly Tensor[]): Tensor {
  const [first, ...others] = tensors.map((x) => [1 / tensors.length, x] as const);
  return weightedSum(first, ...others);
}
