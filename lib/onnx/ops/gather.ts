import type { Value } from "../graph.ts";
import { checkRank } from "../shapes.ts";
import { reshape, zerosLike } from "./shape.ts";

/**
 * Rows of a table by their indices: an embedding.
 *
 * @param table `[rows, ...]`
 * @param indices int64 of any shape, each within 0..rows - 1
 * @returns the shape of the indices, then that of a row
 * @throws {GraphError} if the indices are not int64.
 */
export function gather(table: Value, indices: Value): Value {
  if (indices.dtype !== "int64") {
    table.graph.fail("Gather", `indices: type ${indices.dtype} where int64 is expected`);
  }
  return table.graph.node({
    op: "Gather",
    inputs: [table, indices],
    attributes: { axis: { int: 0 } },
    outputs: [{ dtype: table.dtype, shape: [...indices.shape, ...table.shape.slice(1)] }],
    gradient: ([dy]) => {
      if (!dy) return [];
      const row = table.shape.slice(1);
      return [
        table.graph.node({
          op: "ScatterND",
          inputs: [zerosLike(table), reshape(indices, [-1, 1]), reshape(dy, [-1, ...row])],
          attributes: { reduction: { string: "add" } },
          outputs: [{ dtype: table.dtype, shape: table.shape }],
        })[0],
      ];
    },
  })[0];
}

/**
 * From each row of a matrix the element at that row's index: what a cross-entropy loss picks.
 *
 * @param x `[N, C]`
 * @param indices int64 `[N]`, each within 0..C - 1
 * @returns `[N]`
 * @throws {GraphError} if the shapes or types do not fit.
 */
export function pick(x: Value, indices: Value): Value {
  checkRank(x, 2, "GatherElements", "x");
  if (indices.dtype !== "int64" || indices.rank !== 1 || indices.shape[0] !== x.shape[0]) {
    x.graph.fail(
      "GatherElements",
      `indices: ${indices.dtype} [${indices.shape}] where int64 [${x.shape[0]}] is expected`,
    );
  }
  const columns = reshape(indices, [indices.shape[0], 1]);
  const picked = x.graph.node({
    op: "GatherElements",
    inputs: [x, columns],
    attributes: { axis: { int: 1 } },
    outputs: [{ dtype: x.dtype, shape: columns.shape }],
    gradient: ([dy]) => {
      if (!dy) return [];
      return [
        x.graph.node({
          op: "ScatterElements",
          inputs: [zerosLike(x), columns, dy],
          attributes: { axis: { int: 1 } },
          outputs: [{ dtype: x.dtype, shape: x.shape }],
        })[0],
      ];
    },
  })[0];
  return reshape(picked, indices.shape);
}
