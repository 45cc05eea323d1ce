import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import type { Dim, Graph, Node, Value } from "./graph.ts";

/**
 * Counts the multiply-adds of a graph: those of its convolutions, transposed convolutions and matrix products, next to
 * which everything else is small. A multiply-add is two floating-point operations.
 *
 * @param graph The graph; only what its outputs need is counted.
 * @param sizes The symbolic sizes, by name.
 * @returns The number of multiply-adds of one run.
 * @throws {ArgumentError} if a symbolic size is not given.
 *
 * @example
 * ```ts
 * import { conv2d, Graph } from "@denoise/denoise/onnx";
 *
 * const graph = new Graph();
 * const x = graph.input("x", "float32", ["batch", 3, 64, 64]);
 * graph.output("y", conv2d(x, graph.input("weight", "float32", [8, 3, 3, 3]), undefined, { padding: 1 }));
 * const gigaflops = 2 * multiplyAdds(graph, { batch: 1 }) / 1e9;
 * ```
 */
export function multiplyAdds(graph: Graph, sizes: Readonly<Record<string, number>> = {}): number {
  const needed = new Set<Value>(graph.outputs.map(({ value }) => value));
  let total = 0;
  for (const node of graph.nodes.toReversed()) {
    if (!node.values.some((value) => needed.has(value))) continue;
    for (const input of node.inputs) if (input) needed.add(input);
    total += costOf(node, sizes);
  }
  return total;
}

function costOf(node: Node, sizes: Readonly<Record<string, number>>): number {
  const [output] = node.values;
  const [a, b] = node.inputs as Value[];
  const count = (shape: readonly Dim[]) => shape.reduce<number>((n, dim) => n * size(dim, sizes), 1);
  switch (node.op) {
    // Each element of the output is a sum over a kernel [C / groups, kH, kW].
    case "Conv":
      return count(output.shape) * count(b.shape.slice(1));
    case "QLinearConv":
      return count(output.shape) * count(node.inputs[3]!.shape.slice(1));
    // Each element of the input goes into a kernel [O / groups, kH, kW].
    case "ConvTranspose":
      return count(a.shape) * count(b.shape.slice(1));
    case "MatMul":
    case "MatMulNBits":
      return count(output.shape) * size(a.shape[a.rank - 1], sizes);
    case "FusedMatMul":
    case "Gemm": {
      const transposed = node.attributes?.transA;
      const swap = transposed !== undefined && "int" in transposed && transposed.int === 1;
      return count(output.shape) * size(a.shape[a.rank - (swap ? 2 : 1)], sizes);
    }
    default:
      return 0;
  }
}

function size(dim: Dim, sizes: Readonly<Record<string, number>>): number {
  if (typeof dim === "number") return dim;
  const value = sizes[dim];
  if (value === undefined) throw new ArgumentError(`sizes.${dim}`, described("none"), "the size of an axis");
  return value;
}
