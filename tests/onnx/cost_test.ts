import { assertEquals, assertThrows } from "@std/assert";
import { multiplyAdds } from "../../lib/onnx/cost.ts";
import { conv2d, convTranspose2d, Graph, linear, matmul, type Value } from "../../lib/onnx/mod.ts";

function costOf(build: (graph: Graph) => Value, sizes?: Record<string, number>): number {
  const graph = new Graph();
  graph.output("y", build(graph));
  return multiplyAdds(graph, sizes);
}

Deno.test("convolutions and products are counted by hand's formulas", () => {
  const conv = (graph: Graph) => {
    const x = graph.input("x", "float32", ["batch", 3, 8, 8]);
    return conv2d(x, graph.input("w", "float32", [5, 3, 3, 3]), undefined, { stride: 2, padding: 1 });
  };
  assertEquals(costOf(conv, { batch: 2 }), 2 * 5 * 4 * 4 * (3 * 3 * 3));

  const up = (graph: Graph) => {
    const x = graph.input("x", "float32", ["batch", 3, 4, 4]);
    return convTranspose2d(x, graph.input("w", "float32", [3, 5, 4, 4]), undefined, {
      stride: 2,
      padding: 1,
    });
  };
  assertEquals(costOf(up, { batch: 2 }), 2 * 3 * 4 * 4 * (5 * 4 * 4));

  const layer = (graph: Graph) =>
    linear(graph.input("x", "float32", [7, 3]), graph.input("w", "float32", [5, 3]));
  assertEquals(costOf(layer), 7 * 5 * 3);

  const product = (graph: Graph) => {
    const a = graph.input("a", "float32", [2, 3, 7]);
    return matmul(a, graph.input("b", "float32", [3, 5]), { transposeA: true });
  };
  assertEquals(costOf(product), 2 * 7 * 5 * 3);
});

Deno.test("what no output needs is not counted", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2, 2]);
  matmul(x, x);
  graph.output("y", matmul(x, x));
  assertEquals(multiplyAdds(graph), 8);
});

Deno.test("a size that is not given is an error", () => {
  const build = (graph: Graph) => {
    return matmul(graph.input("a", "float32", ["n", 3]), graph.input("b", "float32", [3, 5]));
  };
  assertThrows(() => costOf(build), RangeError, "sizes.n: none where");
});
