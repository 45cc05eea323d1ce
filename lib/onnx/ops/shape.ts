/** Operators that move elements and do not change them. */
import { ArgumentError } from "../../argument_error.ts";
import { described } from "../../show_value.ts";
import type { Dim, Shape, Value } from "../graph.ts";
import { checkDtype, checkOptions, normalizeAxis, sameShape, staticDim } from "../shapes.ts";
import { sizeOf } from "../../tensor.ts";
import type { OptionNames } from "../../options.ts";

/**
 * The same elements under another shape. One size may be -1: it is worked out from the others. Symbolic sizes are
 * carried over, and multiplied where axes are joined: `["batch", 77, 64]` as `[-1, 64]` is `["batch*77", 64]`.
 *
 * @throws {GraphError} if the sizes do not fit, or more than one symbolic size leaves its axis.
 */
export function reshape(x: Value, shape: Shape): Value {
  const graph = x.graph;
  const target = inferMissing(x, shape);
  if (sameShape(target, x.shape)) return x;
  const whole = target.every((dim) => typeof dim === "string" || (Number.isInteger(dim) && dim >= 0));
  if (!whole || product(target) !== product(x.shape)) {
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
  const left = factors(x.shape);
  const rest = factors(shape.filter((_, i) => i !== missing));
  for (const symbol of rest.symbols) {
    const at = left.symbols.indexOf(symbol);
    if (at >= 0) left.symbols.splice(at, 1);
  }
  const dim = join({ symbols: left.symbols, size: left.size / rest.size });
  return shape.map((d, i) => i === missing ? dim : d);
}

/** The number of elements of a shape, as a size that is equal for equal numbers. */
function product(shape: Shape): Dim {
  return join(factors(shape));
}

/** The symbolic sizes of a shape, in order of their names, and the product of the others. */
function factors(shape: Shape): { symbols: string[]; size: number } {
  const parts = shape.flatMap<Dim>((dim) => typeof dim === "string" ? dim.split("*") : [dim]);
  const isNumber = (part: Dim) => typeof part === "number" || /^\d+$/.test(part);
  return {
    symbols: parts.filter((part) => !isNumber(part)).map(String).sort(),
    size: sizeOf(parts.filter(isNumber).map(Number)),
  };
}

function join({ symbols, size }: { symbols: readonly string[]; size: number }): Dim {
  return symbols.length ? [...symbols, ...(size === 1 ? [] : [size])].join("*") : size;
}

/** Permutes the axes: axis i of the result is axis `order[i]` of x. Reverses them without an order. */
export function transpose(x: Value, order: readonly number[] = x.shape.map((_, i) => x.rank - 1 - i)): Value {
  if (order.length !== x.rank || order.some((_, i) => !order.includes(i))) {
    x.graph.fail("Transpose", `order: [${order}] is no permutation of the axes of [${x.shape}]`);
  }
  const inverse = order.map((_, i) => order.indexOf(i));
  return x.graph.node({
    op: "Transpose",
    inputs: [x],
    attributes: { perm: { ints: order } },
    outputs: [{ dtype: x.dtype, shape: order.map((axis) => x.shape[axis]) }],
    gradient: ([dy]) => [dy && transpose(dy, inverse)],
  })[0];
}

/**
 * Joins values along an axis.
 *
 * @throws {GraphError} if another size differs.
 */
export function concat(values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (!first) throw new ArgumentError("values", described("empty list"), "at least one value");
  const at = normalizeAxis(first, axis, "Concat");
  for (const value of values) {
    if (value.rank !== first.rank || value.shape.some((dim, i) => i !== at && dim !== first.shape[i])) {
      first.graph.fail("Concat", `shape [${value.shape}] does not join [${first.shape}] on axis ${at}`);
    }
    checkDtype(value, first, "Concat", "values");
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

/**
 * Joins values along a new axis.
 *
 * @param values Values of one shape.
 * @param axis Where the new axis stands in the result; negative ones count from its end.
 * @throws {GraphError} if a shape differs, or there is no such axis.
 */
export function stack(values: readonly Value[], axis = 0): Value {
  const [first] = values;
  if (!first) throw new ArgumentError("values", described("empty list"), "at least one value");
  const at = axis < 0 ? axis + first.rank + 1 : axis;
  if (!(Number.isInteger(at) && at >= 0 && at <= first.rank)) {
    first.graph.fail("Concat", `axis: ${axis} where -${first.rank + 1}..${first.rank} is expected`);
  }
  return concat(values.map((x) => reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])), at);
}

/** Cuts a value along an axis into parts of the given sizes, which must add up. */
export function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  const at = normalizeAxis(x, axis, "Split");
  const total = sizes.reduce((sum, n) => sum + n, 0);
  if (sizes.some((n) => !(Number.isInteger(n) && n >= 1))) {
    x.graph.fail("Split", `sizes: [${sizes}] where whole numbers from 1 are expected`);
  }
  if (total !== staticDim(x, at, "Split")) {
    x.graph.fail("Split", `sizes: [${sizes}] add up to ${total}, not to axis ${at} of [${x.shape}]`);
  }
  if (sizes.length === 1) return [x];
  const joined = x.node?.op === "Concat" ? x.node : undefined;
  const undone = joined?.inputs.length === sizes.length && joined.inputs.every((part, i) => {
    return sameShape(part!.shape, x.shape.map((dim, axis) => axis === at ? sizes[i] : dim));
  });
  if (undone) return [...joined!.inputs] as Value[];
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

/** Zeros of a value's type and shape. */
export function zerosLike(x: Value): Value {
  const zero = x.graph.constant(0, x.dtype);
  return x.graph.node({
    op: "Expand",
    inputs: [zero, shapeOf(x)],
    outputs: [{ dtype: x.dtype, shape: x.shape }],
  })[0];
}

/** The sizes of a value's axes, as an int64 vector: symbolic ones are read when the graph runs. */
export function shapeOf(x: Value): Value {
  const known = x.shape.filter((dim) => typeof dim === "number");
  if (known.length === x.rank) return x.graph.constant(known, "int64");
  return x.graph.node({ op: "Shape", inputs: [x], outputs: [{ dtype: "int64", shape: [x.rank] }] })[0];
}

/** A part of one axis. */
export interface Range {
  /** The first index. */
  readonly start: number;
  /** One past the last index. */
  readonly end: number;
  /** The distance between the indices that are taken; defaults to 1. */
  readonly step?: number;
}

const rangeNames: OptionNames<Range> = {
  start: true,
  end: true,
  step: true,
};

/**
 * The part of a value within a range of one axis.
 *
 * @throws {GraphError} if the range is not within the axis.
 */
export function slice(x: Value, axis: number, range: Range): Value {
  const at = normalizeAxis(x, axis, "Slice");
  checkOptions(x, range, rangeNames, "Slice");
  const { start, end, step = 1 } = range;
  const size = staticDim(x, at, "Slice");
  const whole = [start, end, step].every(Number.isInteger);
  if (!(whole && start >= 0 && start < end && end <= size && step >= 1)) {
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

/** Surrounds a value with zeros, or another number: `[before, after]` for each axis. */
export function pad(
  x: Value,
  amounts: readonly (readonly [number, number] | readonly number[])[],
  value = 0,
): Value {
  // The gradient needs them later, when the caller's may be others.
  amounts = amounts.map((pair) => [...pair]);
  const pairs = amounts.every((pair) =>
    pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0)
  );
  if (amounts.length !== x.rank || !pairs) {
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
    inputs: [x, x.graph.constant(list, "int64"), ...(value === 0 ? [] : [x.graph.constant(value, x.dtype)])],
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

/**
 * Moves the elements of an axis towards its end (or, by a negative amount, towards its start); zeros come in, and what
 * is moved out is lost.
 *
 * @throws {GraphError} if the amount is not a whole number below the axis's size.
 */
export function shift(x: Value, axis: number, by: number): Value {
  const at = normalizeAxis(x, axis, "Pad");
  const size = staticDim(x, at, "Pad");
  if (!Number.isInteger(by) || Math.abs(by) >= size) {
    x.graph.fail("Pad", `by: ${by} where a whole number between -${size} and ${size} is expected`);
  }
  if (by === 0) return x;
  const amounts = (n: number) => x.shape.map((_, i) => i === at ? n : 0);
  return x.graph.node({
    op: "Pad",
    inputs: [x, x.graph.constant([...amounts(by), ...amounts(-by)], "int64")],
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => [dy && shift(dy, at, -by)],
  })[0];
}

/** Reverses the order along some axes (a convolution's kernel, seen from its output). */
export function flip(x: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return x;
  const list = (n: number) => x.graph.constant(axes.map(() => n), "int64");
  const at = axes.map((axis) => normalizeAxis(x, axis, "Slice"));
  return x.graph.node({
    op: "Slice",
    inputs: [x, list(-1), list(-(2 ** 31)), x.graph.constant(at, "int64"), list(-1)],
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => [dy && flip(dy, at)],
  })[0];
}

/** The same value, through which no gradient flows. */
export function stopGradient(x: Value): Value {
  return x.graph.node({
    op: "Identity",
    inputs: [x],
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: () => [],
  })[0];
}
