import { concat, slice, type Tensor } from "../../tensor.ts";

/**
 * Repeats each row of a tensor: rows a, b become a, a, b, b for a count of 2.
 *
 * @param x `[N, ...]`
 * @param count How often, from 1.
 * @returns `[N * count, ...]`
 */
export function repeatPerImage(x: Tensor, count: number): Tensor {
  if (count === 1) return x;
  return concat(
    Array.from({ length: x.shape[0] }, (_, n) => Array<Tensor>(count).fill(slice(x, n, n + 1))).flat(),
  );
}
