import type { Value } from "../graph.ts";
import { checkRank, staticDim } from "../shapes.ts";
import { matmul } from "./matmul.ts";

/** The weights of `to` samples of an axis in terms of its `from` ones, row by row: `[to, from]`. */
export type AxisWeights = (from: number, to: number) => number[];

/**
 * Images of another size, each of whose pixels is a weighted sum of pixels, by weights of its row times weights of its column: two
 * matrix products.
 *
 * @param x `[N, C, H, W]`
 * @param op The node to blame.
 * @returns `[N, C, height, width]`
 * @throws {GraphError} if x has no four axes of known height and width, or a size is not a whole number from 1.
 */
export function separable(x: Value, height: number, width: number, weights: AxisWeights, op: string): Value {
  checkRank(x, 4, op, "x");
  if (![height, width].every((n) => Number.isInteger(n) && n >= 1)) {
    x.graph.fail(op, `height, width: ${height}, ${width} where whole numbers from 1 are expected`);
  }
  const matrix = (axis: number, to: number) => {
    const from = staticDim(x, axis, op);
    return x.graph.constant(weights(from, to), x.dtype, [to, from]);
  };
  return matmul(matmul(matrix(2, height), x), matrix(3, width), { transposeB: true });
}
