/** The largest and smallest along axes: their values, and where they stand. */
import type { OptionNames } from "../../options.ts";
import type { Value } from "../graph.ts";
import { checkOptions, normalizeAxis, staticDim } from "../shapes.ts";
import { scatterAdd } from "./along.ts";
import { cast, div, equal, mul } from "./elementwise.ts";
import { type ReduceOptions, reduction, sum } from "./reduce.ts";
import { zerosLike } from "./shape.ts";

/** The largest value over some axes, or over all; the gradient is shared among those that are as large, as in PyTorch. */
export function amax(x: Value, options: ReduceOptions = {}): Value {
  return extreme("ReduceMax", x, options);
}

/** The smallest value over some axes, or over all; the gradient is shared among those that are as small, as in PyTorch. */
export function amin(x: Value, options: ReduceOptions = {}): Value {
  return extreme("ReduceMin", x, options);
}

function extreme(op: string, x: Value, options: ReduceOptions): Value {
  return reduction(op, x, options, (dy, axes, out) => {
    const chosen = cast(equal(x, out()), x.dtype);
    return mul(chosen, div(dy, sum(chosen, { axes, keepDims: true })));
  });
}

/** Where {@linkcode argMax} and {@linkcode argMin} look. */
export interface ArgumentOptions {
  /** The axis; the last by default. */
  readonly axis?: number;
  /** Whether it stays, with size 1; it goes unless this is set. */
  readonly keepDims?: boolean;
}

const argumentOptionNames: OptionNames<ArgumentOptions> = {
  axis: true,
  keepDims: true,
};

/** Where the largest value of an axis stands, the first of several, as int64; has no gradient. */
export function argMax(x: Value, options: ArgumentOptions = {}): Value {
  return argument("ArgMax", x, options);
}

/** Where the smallest value of an axis stands, the first of several, as int64; has no gradient. */
export function argMin(x: Value, options: ArgumentOptions = {}): Value {
  return argument("ArgMin", x, options);
}

function argument(op: string, x: Value, options: ArgumentOptions): Value {
  checkOptions(x, options, argumentOptionNames, op);
  const { axis = -1, keepDims = false } = options;
  const at = normalizeAxis(x, axis, op);
  const shape = keepDims ? x.shape.map((dim, i) => i === at ? 1 : dim) : x.shape.filter((_, i) => i !== at);
  return x.graph.node({
    op,
    inputs: [x],
    attributes: { axis: { int: at }, keepdims: { int: keepDims ? 1 : 0 } },
    outputs: [{ dtype: "int64", shape }],
  })[0];
}

/** How {@linkcode topK} chooses. */
export interface TopKOptions {
  /** The axis; the last by default. */
  readonly axis?: number;
  /** Whether the largest are chosen; they are unless this is false, and then the smallest. */
  readonly largest?: boolean;
}

const topKOptionNames: OptionNames<TopKOptions> = {
  axis: true,
  largest: true,
};

/** What {@linkcode topK} finds. */
export interface TopK {
  /** The values, the most extreme first. */
  readonly values: Value;
  /** Where they stand on the axis, as int64. */
  readonly indices: Value;
}

/**
 * The k largest values of an axis, in order; gradients go to where they stood.
 *
 * @throws {GraphError} if k is not a whole number from 1 to the axis's size.
 */
export function topK(x: Value, k: number, options: TopKOptions = {}): TopK {
  checkOptions(x, options, topKOptionNames, "TopK");
  const { axis = -1, largest = true } = options;
  const at = normalizeAxis(x, axis, "TopK");
  const size = staticDim(x, at, "TopK");
  if (!(Number.isInteger(k) && k >= 1 && k <= size)) {
    x.graph.fail("TopK", `k: ${k} where a whole number from 1 to ${size} is expected`);
  }
  const shape = x.shape.map((dim, i) => i === at ? k : dim);
  const [values, indices] = x.graph.node({
    op: "TopK",
    inputs: [x, x.graph.constant([k], "int64")],
    attributes: { axis: { int: at }, largest: { int: largest ? 1 : 0 }, sorted: { int: 1 } },
    outputs: [{ dtype: x.dtype, shape }, { dtype: "int64", shape }],
    gradient: ([dy], [, indices]) => [dy && scatterAdd(zerosLike(x), indices, dy, at)],
  });
  return { values, indices };
}
