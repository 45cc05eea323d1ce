import type { Dim, Shape, Value } from "./graph.ts";
import { type OptionNames, unknownOption } from "../options.ts";

/**
 * The shape of two operands broadcast together (the rule of NumPy and ONNX); `op` is the node to blame.
 *
 * @throws {GraphError} if two sizes differ and neither is 1.
 */
export function broadcastShapes(a: Value, b: Value, op: string): Shape {
  const rank = Math.max(a.rank, b.rank);
  return Array.from({ length: rank }, (_, i): Dim => {
    const m = a.shape[i - rank + a.rank] ?? 1;
    const n = b.shape[i - rank + b.rank] ?? 1;
    if (m === n || n === 1) return m;
    if (m === 1) return n;
    return a.graph.fail(op, `shapes [${a.shape}] and [${b.shape}] do not broadcast`);
  });
}

/** An axis counted from the front; `op` is the node to blame. */
export function normalizeAxis(x: Value, axis: number, op: string): number {
  const index = axis < 0 ? axis + x.rank : axis;
  if (!Number.isInteger(index) || index < 0 || index >= x.rank) {
    const expected = x.rank ? `-${x.rank}..${x.rank - 1}` : "none";
    x.graph.fail(op, `axis: ${axis} where ${expected} is expected, for shape [${x.shape}]`);
  }
  return index;
}

/** The size of one axis, which must be known; `op` is the node to blame. */
export function staticDim(x: Value, axis: number, op: string): number {
  const dim = x.shape[axis];
  if (typeof dim !== "number") {
    x.graph.fail(op, `axis ${axis} of [${x.shape}] is symbolic where a number is expected`);
  }
  return dim as number;
}

/** Whether two shapes are the same, symbolic sizes by name. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** Fails unless a value has a rank; `op` and `name` are the node and the argument to blame. */
export function checkRank(x: Value, rank: number, op: string, name: string): void {
  if (x.rank !== rank) x.graph.fail(op, `${name}: shape [${x.shape}] where ${rank} axes are expected`);
}

/** Fails unless a value has the type of another; `op` and `name` are the node and the argument to blame. */
export function checkDtype(x: Value, like: Value, op: string, name: string): void {
  if (x.dtype !== like.dtype) {
    x.graph.fail(op, `${name}: type ${x.dtype} where ${like.dtype} is expected`);
  }
}

/** Fails unless a value has a shape; `op` and `name` are the node and the argument to blame. */
export function checkShape(x: Value, shape: Shape, op: string, name: string): void {
  if (!sameShape(x.shape, shape)) {
    x.graph.fail(op, `${name}: shape [${x.shape}] where [${shape}] is expected`);
  }
}

/** Fails unless all options are known; `op` is the node to blame. */
export function checkOptions<Options extends object>(
  x: Value,
  options: Options,
  names: OptionNames<NoInfer<Options>>,
  op: string,
): void {
  const error = unknownOption(options, names);
  if (error) x.graph.fail(op, error.message);
}
