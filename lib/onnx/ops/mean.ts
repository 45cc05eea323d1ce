import type { Value } from "../graph.ts";
import { sizeOf } from "../../tensor.ts";
import { cast, div } from "./elementwise.ts";
import { broadcastLike, type ReduceOptions, reduction } from "./reduce.ts";
import { shapeOf } from "./shape.ts";

/** The mean over some axes, or over all. */
export function mean(x: Value, options: ReduceOptions = {}): Value {
  return reduction("ReduceMean", x, options, (dy, axes) => {
    return broadcastLike(div(dy, count(x, axes)), x);
  });
}

/** How many elements the axes of a value have, as a value of its type where a size is symbolic. */
function count(x: Value, axes: readonly number[]): Value | number {
  const known = axes.map((axis) => x.shape[axis]).filter((dim) => typeof dim === "number");
  if (known.length === axes.length) return sizeOf(known);
  const [sizes] = x.graph.node({
    op: "Gather",
    inputs: [shapeOf(x), x.graph.constant(axes, "int64")],
    outputs: [{ dtype: "int64", shape: [axes.length] }],
  });
  const [product] = x.graph.node({
    op: "ReduceProd",
    inputs: [sizes],
    attributes: { keepdims: { int: 0 } },
    outputs: [{ dtype: "int64", shape: [] }],
  });
  return cast(product, x.dtype);
}
