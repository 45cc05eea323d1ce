/** Operators that move elements and do not change them. */
import type { Dim, Shape, Value } from "../graph.ts";
import { normalizeAxis, sameShape, staticDim } from "../shapes.ts";
import { sizeOf } from "../../tensor.ts";

/**
 * The same elements under another shape. One size may be -1: it is worked out from the others. A symbolic size that
 * stays on its axis is carried over.
 *
 * @throws {GraphError} if the sizes do not fit.
 */
export function reshape(x: Value, shape: Shape): Value {
  const graph = x.graph;
  const target = inferMissing(x, shape);
  if (sameShape(target, x.shape)) return x;
  const known = (dims: Shape) => sizeOf(dims.filter((dim) => typeof dim === "number"));
  const symbols = (dims: Shape) => dims.filter((dim) => typeof dim === "string").sort().join();
  if (known(target) !== known(x.shape) || symbols(target) !== symbols(x.shape)) {
    graph.fail("Reshape", `shape [${shape}] does not fit the elements of [${x.shape}]`);
  }
  const code = target.map((dim, i) => typeof dim === "number" ? dim : dim === x.shape[i] ? 0 : -1);
  if (code.filter((dim) => dim === -1).length > 1) {
    graph.fail("Reshape", `shape [${shape}] moves more than one symbolic size of [${x.shape}]`);
  }
  return graph.node({
    op: "Reshape",
    inputs: [x, graph.constant(code, "int64")],
    outputs: [{ dtype: x.dtype, shape: target }],
    gradient: ([dy]) => [dy && reshape(dy, x.shape), undefined],
  })[0];
}

function inferMissing(x: Value, shape: Shape): Shape {
  const missing = shape.indexOf(-1);
  if (missing < 0) return shape;
  const rest = shape.filter((_, i) => i !== missing);
  const left: Dim[] = [...x.shape];
  for (const dim of rest) {
    if (typeof dim === "string" && left.includes(dim)) left.splice(left.indexOf(dim), 1);
  }
  const symbols = left.filter((dim) => typeof dim === "string");
  const size = sizeOf(left.filter((dim): dim is number => typeof dim === "number")) /
    sizeOf(rest.filter((dim): dim is number => typeof dim === "number"));
  const dim = symbols.length === 1 && size === 1 ? symbols[0] : size;
  return shape.map((d, i) => i === missing ? dim : d);
}

/** Permutes the axes: axis i of the result is axis `order[i]` of x. Reverses them without an order. */
export function transpose(x: Value, order: readonly number[] = x.shape.map((_, i) => x.rank - 1 - i)): Value {
  if (order.length !== x.rank || order.some((_, i) => !order.includes(i))) {
    x.graph.fail("Transpose", `order: [${order}] is no permutation of the axes of [${x.shape}]`);
  }
  return x.graph.node({
    op: "Transpose",
    inputs: [x],
    attributes: { perm: { ints: order } },
    outputs: [{ dtype: x.dtype, shape: order.map((axis) => x.shape[axis]) }],
    gradient: ([dy]) => [dy && transpose(dy, order.map((_, i) => order.indexOf(i)))],
  })[0];
}

/**
 * Joins values along an axis.
 *
 * @throws {GraphError} if another size differs.
 */
export function concat(values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (!first) throw new RangeError("values: empty list, at least one value is expected");
  const at = normalizeAxis(first, axis, "Concat");
  for (const value of values) {
    if (value.rank !== first.rank || value.shape.some((dim, i) => i !== at && dim !== first.shape[i])) {
      first.graph.fail("Concat", `shape [${value.shape}] does not join [${first.shape}] on axis ${at}`);
    }
  }
  if (values.length === 1) return first;
  const sizes = values.map((value) => staticDim(value, at, "Concat"));
  const total = sizes.reduce((sum, n) => sum + n, 0);
  return first.graph.node({
    op: "Concat",
    inputs: values,
    attributes: { axis: { int: at } },
    outputs: [{ dtype: first.dtype, shape: first.shape.map((dim, i) => i === at ? total : dim) }],
    gradient: ([dy]) => dy ? split(dy, sizes, at) : [],
  })[0];
}

/** Cuts a value along an axis into parts of the given sizes, which must add up. */
export function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  const at = normalizeAxis(x, axis, "Split");
  const total = sizes.reduce((sum, n) => sum + n, 0);
  if (total !== staticDim(x, at, "Split")) {
    x.graph.fail("Split", `sizes: [${sizes}] add up to ${total}, not to axis ${at} of [${x.shape}]`);
  }
  if (sizes.length === 1) return [x];
  return x.graph.node({
    op: "Split",
    inputs: [x, x.graph.constant(sizes, "int64")],
    attributes: { axis: { int: at } },
    outputs: sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.map((dim, i) => i === at ? size : dim) })),
    gradient: (dys, outputs) => {
      if (dys.every((dy) => !dy)) return [];
      return [concat(dys.map((dy, i) => dy ?? zerosLike(outputs[i])), at)];
    },
  });
}

/** Zeros of a value's type and shape, which must be known. */
export function zerosLike(x: Value): Value {
  const zero = x.graph.constant(0, x.dtype);
  return x.graph.node({
    op: "Expand",
    inputs: [zero, x.graph.constant(x.staticShape, "int64")],
    outputs: [{ dtype: x.dtype, shape: x.shape }],
  })[0];
}

/** A part of one axis. */
export interface Range {
  /** The first index. */
  readonly start: number;
  /** One past the last index. */
  readonly end: number;
  /** The distance between the indices that are taken; 1 unless given. */
  readonly step?: number;
}

/**
 * The part of a value within a range of one axis.
 *
 * @throws {GraphError} if the range is not within the axis.
 */
export function slice(x: Value, axis: number, range: Range): Value {
  const at = normalizeAxis(x, axis, "Slice");
  const { start, end, step = 1 } = range;
  const size = staticDim(x, at, "Slice");
  if (!(start >= 0 && start < end && end <= size && step >= 1)) {
    x.graph.fail("Slice", `range: ${start}..${end} by ${step} where a part of 0..${size} is expected`);
  }
  const length = Math.ceil((end - start) / step);
  if (length === size) return x;
  const list = (n: number) => x.graph.constant([n], "int64");
  return x.graph.node({
    op: "Slice",
    inputs: [x, list(start), list(end), list(at), ...(step === 1 ? [] : [list(step)])],
    outputs: [{ dtype: x.dtype, shape: x.shape.map((dim, i) => i === at ? length : dim) }],
    gradient: ([dy]) => {
      if (!dy) return [];
      const spread = step === 1 ? dy : insertZeros(dy, at, step);
      const covered = step === 1 ? length : length * step;
      // The last stretch of zeros may reach past the end of the axis.
      const kept = start + covered > size ? slice(spread, at, { start: 0, end: size - start }) : spread;
      const rest = size - start - Math.min(covered, size - start);
      return [pad(kept, x.shape.map((_, i) => i === at ? [start, rest] : [0, 0]))];
    },
  })[0];
}

/** Puts `step - 1` zeros behind every element of an axis. */
function insertZeros(x: Value, axis: number, step: number): Value {
  const shape = [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)];
  const spread = pad(reshape(x, shape), shape.map((_, i) => i === axis + 1 ? [0, step - 1] : [0, 0]));
  return reshape(spread, x.shape.map((dim, i) => i === axis ? (dim as number) * step : dim));
}

/** Surrounds a value with zeros: `[before, after]` for each axis. */
export function pad(x: Value, amounts: readonly (readonly [number, number] | readonly number[])[]): Value {
  if (amounts.length !== x.rank || amounts.flat().some((n) => !(n >= 0))) {
    x.graph.fail("Pad", `amounts: ${JSON.stringify(amounts)} do not fit [${x.shape}]`);
  }
  if (amounts.flat().every((n) => n === 0)) return x;
  const shape = x.shape.map((dim, i) => {
    const extra = amounts[i][0] + amounts[i][1];
    return extra === 0 ? dim : staticDim(x, i, "Pad") + extra;
  });
  const list = [...amounts.map(([before]) => before), ...amounts.map(([, after]) => after)];
  return x.graph.node({
    op: "Pad",
    inputs: [x, x.graph.constant(list, "int64")],
    outputs: [{ dtype: x.dtype, shape }],
    gradient: ([dy]) => {
      let part = dy;
      amounts.forEach(([before, after], axis) => {
        if (!part || (before === 0 && after === 0)) return;
        part = slice(part, axis, { start: before, end: before + staticDim(x, axis, "Pad") });
      });
      return [part];
    },
  })[0];
}

/** Reverses the order along some axes (a convolution's kernel, seen from its output). */
export function flip(x: Value, axes: readonly number[]): Value {
  const list = (n: number) => x.graph.constant(axes.map(() => n), "int64");
  const at = axes.map((axis) => normalizeAxis(x, axis, "Slice"));
  return x.graph.node({
    op: "Slice",
    inputs: [x, list(-1), list(-(2 ** 31)), x.graph.constant(at, "int64"), list(-1)],
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => [dy && flip(dy, axes)],
  })[0];
}
