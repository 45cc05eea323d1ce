import type { Value } from "../graph.ts";
import { checkRank, normalizeAxis } from "../shapes.ts";
import { reshape, transpose, zerosLike } from "./shape.ts";

/**
 * Rows of a table by their indices: an embedding. On another axis than the first, the parts of that axis.
 *
 * @param table `[rows, ...]`
 * @param indices int64 of any shape, each within 0..rows - 1
 * @param axis The axis that the indices are of; defaults to 0.
 * @returns the shape of the indices, then that of a row; or the table's shape, with that of the indices in place of the axis
 * @throws {GraphError} if the indices are not int64, or there is no such axis.
 */
export function gather(table: Value, indices: Value, axis = 0): Value {
  const at = normalizeAxis(table, axis, "Gather");
  if (indices.dtype !== "int64") {
    table.graph.fail("Gather", `indices: type ${indices.dtype} where int64 is expected`);
  }
  return table.graph.node({
    op: "Gather",
    inputs: [table, indices],
    attributes: { axis: { int: at } },
    outputs: [{
      dtype: table.dtype,
      shape: [...table.shape.slice(0, at), ...indices.shape, ...table.shape.slice(at + 1)],
    }],
    gradient: ([dy]) => dy ? [gatherGradient(dy, table, indices, at)] : [],
  })[0];
}

/** Adds the parts of dy up at their places in the table; for another axis than the first, with that axis in front. */
function gatherGradient(dy: Value, table: Value, indices: Value, at: number): Value {
  const count = indices.rank;
  const before = Array.from({ length: at }, (_, i) => i);
  const ofIndices = Array.from({ length: count }, (_, i) => at + i);
  const after = Array.from({ length: table.rank - at - 1 }, (_, i) => at + 1 + i);
  const parts = at === 0
    ? dy
    : transpose(dy, [...ofIndices, ...before, ...after.map((axis) => axis + count - 1)]);
  const front = at === 0 ? table : transpose(table, [at, ...before, ...after]);
  const [total] = table.graph.node({
    op: "ScatterND",
    inputs: [zerosLike(front), reshape(indices, [-1, 1]), reshape(parts, [-1, ...front.shape.slice(1)])],
    attributes: { reduction: { string: "add" } },
    outputs: [{ dtype: table.dtype, shape: front.shape }],
  });
  return at === 0 ? total : transpose(total, [...before.map((i) => i + 1), 0, ...after]);
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
