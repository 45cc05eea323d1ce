/** Attention in one kernel: values by PyTorch, gradients against differences. */
import { assertThrows } from "@std/assert";
import { Graph, GraphError, mul } from "../../lib/onnx/mod.ts";
import { flip, scaledDotProductAttention as attention } from "../../lib/onnx/ops/mod.ts";
import { assertValues, compute, scattered } from "./compute.ts";
import { testGradients } from "./finite_differences.ts";
import { readOperatorValues } from "./operator_values.ts";

const { elements: expected } = await readOperatorValues();
const [query, key, value, bias] = [[2, 2, 3, 4], [2, 2, 5, 4], [2, 2, 5, 3], [2, 1, 5]];

Deno.test("forward: attention, as PyTorch has it", async () => {
  const found = await compute([query, key, value].map(scattered), (q, k, v) => {
    return attention(q, flip(k, [3]), mul(v, 2));
  });
  assertValues(found, expected["attention"]);
});

Deno.test("forward: attention with a bias of each head and position and a scale, as PyTorch has it", async () => {
  const found = await compute([query, key, value, bias].map(scattered), (q, k, v, bias) => {
    return attention(q, flip(k, [3]), mul(v, 2), { bias, scale: 1.7 });
  });
  assertValues(found, expected["attention, bias and scale"]);
});

testGradients([
  { name: "attention", inputs: [query, key, value], build: (q, k, v) => attention(q, k, v) },
  {
    name: "attention with a bias of each head and position, and a scale",
    inputs: [query, key, value, bias],
    build: (q, k, v, bias) => attention(q, k, v, { bias, scale: 0.3 }),
  },
  {
    name: "attention with one bias of every pair of positions",
    inputs: [query, key, value, [3, 5]],
    build: (q, k, v, bias) => attention(q, k, v, { bias }),
  },
]);

Deno.test("attention refuses what does not fit, by name", () => {
  const graph = new Graph();
  const [q, k, v] = [query, key, value].map((shape, i) => {
    return graph.input(`x${i}`, "float32", ["batch", ...shape.slice(1)]);
  });
  assertThrows(() => attention(q, k, v, { scale: NaN }), GraphError, "scale: NaN");
  assertThrows(() => attention(q, v, k), GraphError, "key: shape [batch,2,5,3]");
  assertThrows(() => attention(q, k, v, { bias: k }), GraphError, "bias: shape [batch,2,5,4]");
});
