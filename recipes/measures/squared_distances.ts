import { ArgumentError } from "../../lib/errors.ts";
import type { Tensor } from "../../lib/tensor.ts";

/**
 * Of each row of one matrix the squared Euclidean distances to all rows of another.
 *
 * @param a `[N, D]`
 * @param b `[M, D]`
 * @returns `[N, M]`, row by row.
 * @throws {ArgumentError} if one is no matrix, or their rows differ in length.
 */
export function squaredDistances(a: Tensor, b: Tensor): Float64Array {
  assertFeatures("a", a);
  assertFeatures("b", b, a.shape[1]);
  const [rows, width] = a.shape;
  const [columns] = b.shape;
  const distances = new Float64Array(rows * columns);
  for (let i = 0, to = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, to++) {
      let total = 0;
      for (let k = 0, p = i * width, q = j * width; k < width; k++, p++, q++) {
        const difference = a.data[p] - b.data[q];
        total += difference * difference;
      }
      distances[to] = total;
    }
  }
  return distances;
}

/**
 * Throws unless features are a matrix with rows.
 *
 * @param width The required length of the rows; by default any.
 * @param least How many rows there must be.
 * @throws {ArgumentError} which names the argument.
 */
export function assertFeatures(argument: string, { shape }: Tensor, width?: number, least = 1): void {
  if (shape.length === 2 && shape[0] >= least && (width === undefined || shape[1] === width)) return;
  throw new ArgumentError(argument, { shape }, `[${least} or more, ${width ?? "features"}]`);
}
