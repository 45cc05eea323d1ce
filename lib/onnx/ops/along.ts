/** Picking and placing elements along an axis, each by an index of its own. */
import type { Value } from "../graph.ts";
import { checkDtype, checkShape, normalizeAxis } from "../shapes.ts";
import { zerosLike } from "./shape.ts";

/**
 * From an axis the elements at the indices: `y[i, j] = x[indices[i, j], j]` for axis 0 (PyTorch's `gather`).
 *
 * @param x A value.
 * @param indices int64 of as many axes, none longer than x's but the given one; each within 0..size - 1 of it.
 * @param axis The axis.
 * @returns the shape of the indices
 * @throws {GraphError} if types or shapes do not fit.
 */
export function takeAlong(x: Value, indices: Value, axis: number): Value {
  const at = checkIndices(x, indices, axis, "GatherElements");
  return x.graph.node({
    op: "GatherElements",
    inputs: [x, indices],
    attributes: { axis: { int: at } },
    outputs: [{ dtype: x.dtype, shape: indices.shape }],
    gradient: ([dy]) => [dy && scatterAdd(zerosLike(x), indices, dy, at)],
  })[0];
}

/**
 * A value with other elements at the indices of an axis: `y[indices[i, j], j] = updates[i, j]` for axis 0 (PyTorch's `scatter`). Of
 * indices that are the same, which one wins is not said.
 *
 * @param x A value.
 * @param indices int64 as {@linkcode takeAlong} has them.
 * @param updates What goes there, of the indices' shape.
 * @param axis The axis.
 * @throws {GraphError} if types or shapes do not fit.
 */
export function scatter(x: Value, indices: Value, updates: Value, axis: number): Value {
  const at = checkUpdates(x, indices, updates, axis);
  return x.graph.node({
    op: "ScatterElements",
    inputs: [x, indices, updates],
    attributes: { axis: { int: at } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy], _outputs, wanted) =>
      dy
        ? [
          wanted[0] ? scatter(dy, indices, zerosLike(updates), at) : undefined,
          undefined,
          wanted[2] ? takeAlong(dy, indices, at) : undefined,
        ]
        : [],
  })[0];
}

/**
 * A value to which others are added at the indices of an axis: `y[indices[i, j], j] += updates[i, j]` for axis 0 (PyTorch's
 * `scatter_add`). Indices may be the same.
 *
 * @param x A value.
 * @param indices int64 as {@linkcode takeAlong} has them.
 * @param updates What is added there, of the indices' shape.
 * @param axis The axis.
 * @throws {GraphError} if types or shapes do not fit.
 */
export function scatterAdd(x: Value, indices: Value, updates: Value, axis: number): Value {
  const at = checkUpdates(x, indices, updates, axis);
  return x.graph.node({
    op: "ScatterElements",
    inputs: [x, indices, updates],
    attributes: { axis: { int: at }, reduction: { string: "add" } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy], _outputs, wanted) =>
      dy ? [dy, undefined, wanted[2] ? takeAlong(dy, indices, at) : undefined] : [],
  })[0];
}

function checkUpdates(x: Value, indices: Value, updates: Value, axis: number): number {
  const at = checkIndices(x, indices, axis, "ScatterElements");
  checkShape(updates, indices.shape, "ScatterElements", "updates");
  checkDtype(updates, x, "ScatterElements", "updates");
  return at;
}

/** The axis counted from the front, where indices fit. */
function checkIndices(x: Value, indices: Value, axis: number, op: string): number {
  const at = normalizeAxis(x, axis, op);
  const fits = indices.rank === x.rank && indices.shape.every((dim, i) => {
    const size = x.shape[i];
    return i === at || dim === size || (typeof dim === "number" && typeof size === "number" && dim < size);
  });
  if (indices.dtype !== "int64" || !fits) {
    x.graph.fail(
      op,
      `indices: ${indices.dtype} [${indices.shape}] where int64 within [${x.shape}], but for axis ${at}, is expected`,
    );
  }
  return at;
}
