/** Convolutions in groups, as layers: the shapes of PyTorch's parameters. */
import { assertEquals, assertThrows } from "@std/assert";
import { convLayer, convTransposeLayer } from "../../lib/nn/layers.ts";
import type { Scope } from "../../lib/nn/scope.ts";
import { declare } from "../../lib/nn/sources.ts";
import { GraphError, type Value } from "../../lib/onnx/mod.ts";

const shapesOf = (build: (scope: Scope, x: Value) => Value) => {
  const { parameters } = declare((scope) => build(scope, scope.graph.input("x", "float32", [2, 6, 8, 8])));
  return parameters.map(({ shape }) => shape);
};

Deno.test("a layer in groups has a part of the channels in each", () => {
  const depthwise = shapesOf((scope, x) => convLayer(scope, x, 12, 3, { groups: 6, padding: 1 }));
  assertEquals(depthwise, [[12, 1, 3, 3], [12]]);
  const dilated = shapesOf((scope, x) => convLayer(scope, x, 4, 3, { groups: 2, dilation: 2 }));
  assertEquals(dilated, [[4, 3, 3, 3], [4]]);
  const transposed = shapesOf((scope, x) => convTransposeLayer(scope, x, 4, 2, { groups: 2, stride: 2 }));
  assertEquals(transposed, [[6, 2, 2, 2], [4]]);
});

Deno.test("groups that do not divide the channels are refused", () => {
  assertThrows(() => shapesOf((scope, x) => convLayer(scope, x, 4, 3, { groups: 4 })), GraphError);
  assertThrows(() => shapesOf((scope, x) => convLayer(scope, x, 5, 3, { groups: 2 })), GraphError);
  assertThrows(() => shapesOf((scope, x) => convTransposeLayer(scope, x, 5, 2, { groups: 2 })), GraphError);
});
