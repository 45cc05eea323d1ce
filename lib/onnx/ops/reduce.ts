/** Sums, and broadcasting, which is a sum seen backwards. */
import type { Shape, Value } from "../graph.ts";
import { checkOptions, normalizeAxis, sameShape } from "../shapes.ts";
import { reshape, shapeOf } from "./shape.ts";
import type { OptionNames } from "../../options.ts";

/** How a reduction treats the axes. */
export interface ReduceOptions {
  /** The axes that are reduced; all by default. */
  readonly axes?: readonly number[];
  /** Whether reduced axes stay, with size 1; they go unless this is set. */
  readonly keepDims?: boolean;
}

const reduceOptionNames: OptionNames<ReduceOptions> = {
  axes: true,
  keepDims: true,
};

/** A reduction as a node; `gradient` gets dy with the reduced axes kept, and a function for the output as well. */
export function reduction(
  op: string,
  x: Value,
  options: ReduceOptions,
  gradient: (dy: Value, axes: number[], out: () => Value) => Value,
): Value {
  checkOptions(x, options, reduceOptionNames, op);
  const { keepDims = false } = options;
  const axes = (options.axes ?? x.shape.map((_, i) => i)).map((axis) => normalizeAxis(x, axis, op));
  if (new Set(axes).size < axes.length) x.graph.fail(op, `axes: [${options.axes}] name one axis twice`);
  // The runtime takes an empty list for all axes.
  if (axes.length === 0) return x;
  const kept: Shape = x.shape.map((dim, i) => axes.includes(i) ? 1 : dim);
  const shape = keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i));
  return x.graph.node({
    op,
    inputs: [x, x.graph.constant(axes, "int64")],
    attributes: { keepdims: { int: keepDims ? 1 : 0 } },
    outputs: [{ dtype: x.dtype, shape }],
    gradient: ([dy], [out]) => [dy && gradient(reshape(dy, kept), axes, () => reshape(out, kept)), undefined],
  })[0];
}

/** The sum over some axes, or over all. */
export function sum(x: Value, options: ReduceOptions = {}): Value {
  return reduction("ReduceSum", x, options, (dy) => broadcastLike(dy, x));
}

/** Repeats a value along axes of size 1, or new ones in front, to a shape that it broadcasts to. */
export function broadcastTo(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const offset = shape.length - x.rank;
  if (offset < 0 || x.shape.some((dim, i) => dim !== 1 && dim !== shape[i + offset])) {
    x.graph.fail("Expand", `shape [${x.shape}] does not broadcast to [${shape}]`);
  }
  // Expand keeps the larger of two sizes, so 1 stands for a symbolic size that x already has.
  const dims = shape.map((dim, i) => typeof dim === "number" ? dim : x.shape[i - offset] === dim ? 1 : NaN);
  if (dims.some(Number.isNaN)) {
    x.graph.fail("Expand", `shape [${shape}] has symbolic sizes that [${x.shape}] lacks`);
  }
  return x.graph.node({
    op: "Expand",
    inputs: [x, x.graph.constant(dims, "int64")],
    outputs: [{ dtype: x.dtype, shape }],
    gradient: ([dy]) => [dy && sumTo(dy, x.shape), undefined],
  })[0];
}

/** Repeats a value to the shape of another: the transpose of {@linkcode sumTo}, symbolic sizes included. */
export function broadcastLike(x: Value, like: Value): Value {
  if (like.shape.every((dim) => typeof dim === "number")) return broadcastTo(x, like.shape);
  return x.graph.node({
    op: "Expand",
    inputs: [x, shapeOf(like)],
    outputs: [{ dtype: x.dtype, shape: like.shape }],
    gradient: ([dy]) => [dy && sumTo(dy, x.shape), undefined],
  })[0];
}

/** Sums a value over the axes that broadcasting from `shape` made: the transpose of {@linkcode broadcastTo}. */
export function sumTo(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const offset = x.rank - shape.length;
  const axes = x.shape.map((_, i) => i).filter((i) =>
    i < offset || (shape[i - offset] === 1 && x.shape[i] !== 1)
  );
  return reshape(axes.length ? sum(x, { axes, keepDims: true }) : x, shape);
}
