/** Pooling, resizing and padding: values by PyTorch, gradients against differences. */
import { assertEquals, assertThrows } from "@std/assert";
import { Graph, GraphError, type Value } from "../../lib/onnx/mod.ts";
import * as ops from "../../lib/onnx/ops/mod.ts";
import { assertNear, assertValues, compute, scattered } from "./compute.ts";
import { distinct, type GradientCase, normal, testGradients } from "./finite_differences.ts";
import { readOperatorValues } from "./operator_values.ts";

const { images: expected } = await readOperatorValues();

type Build = (x: Value) => Value;
const image: Readonly<Record<string, Build>> = {
  "max 3 stride 2 padding 1": (x) => ops.maxPool2d(x, 3, { stride: 2, padding: 1 }),
  "max [2, 3] stride [1, 2]": (x) => ops.maxPool2d(x, [2, 3], { stride: [1, 2] }),
  "average 3 stride 2 padding 1": (x) => ops.averagePool2d(x, 3, { stride: 2, padding: 1 }),
  "average 3 stride 2 padding 1, pixels alone": (x) =>
    ops.averagePool2d(x, 3, { stride: 2, padding: 1, countPadding: false }),
  "average [2, 3] stride 1": (x) => ops.averagePool2d(x, [2, 3], { stride: 1 }),
  "adaptive 3 x 4": (x) => ops.adaptiveAveragePool2d(x, 3, 4),
  "adaptive 7 x 2": (x) => ops.adaptiveAveragePool2d(x, 7, 2),
  "nearest 3 x 4": (x) => ops.resizeNearest(x, 3, 4),
  "nearest 7 x 8": (x) => ops.resizeNearest(x, 7, 8),
  "nearest 2 x 9": (x) => ops.resizeNearest(x, 2, 9),
  "area 3 x 4": (x) => ops.resizeArea(x, 3, 4),
  "area 7 x 8": (x) => ops.resizeArea(x, 7, 8),
  "area 2 x 9": (x) => ops.resizeArea(x, 2, 9),
  "bicubic 3 x 4": (x) => ops.resizeBicubic(x, 3, 4),
  "bicubic 7 x 8": (x) => ops.resizeBicubic(x, 7, 8),
  "bicubic 3 x 4, corners aligned": (x) => ops.resizeBicubic(x, 3, 4, { alignCorners: true }),
  "bicubic 7 x 8, corners aligned": (x) => ops.resizeBicubic(x, 7, 8, { alignCorners: true }),
};
for (const [name, build] of Object.entries(image)) {
  Deno.test(`forward: ${name}, as PyTorch has it`, async () => {
    assertValues(await compute([scattered([1, 1, 5, 6])], build), expected[name]);
  });
}

const padded: Readonly<Record<string, Build>> = {
  reflect: (x) => ops.pad(x, [[0, 0], [0, 0], [1, 0], [2, 1]], { mode: "reflect" }),
  edge: (x) => ops.pad(x, [[0, 0], [0, 0], [1, 3], [2, 1]], { mode: "edge" }),
  constant: (x) => ops.pad(x, [[0, 0], [0, 0], [0, 1], [1, 0]], { value: 7 }),
};
for (const [name, build] of Object.entries(padded)) {
  Deno.test(`forward: pad, ${name}, as PyTorch has it`, async () => {
    assertValues(await compute([scattered([1, 1, 2, 3])], build), expected[name]);
  });
}

// A step that does not change which pixel is the largest.
const ofMaxima = { step: 0.02, tolerance: 1e-4, inputs: [distinct([2, 2, 5, 6])] };
const linear: Readonly<Record<string, Build>> = {
  ...Object.fromEntries(Object.entries(image).filter(([name]) => !name.startsWith("max"))),
  "average 2 stride 3": (x) => ops.averagePool2d(x, 2, { stride: 3 }),
  "average 1": (x) => ops.averagePool2d(x, 1),
  "average [5, 6], of all": (x) => ops.averagePool2d(x, [5, 6]),
  "average [5, 2]": (x) => ops.averagePool2d(x, [5, 2]),
  "average [5, 4] padding [0, 1]": (x) => ops.averagePool2d(x, [5, 4], { padding: [0, 1] }),
  "nearest, of the same size": (x) => ops.resizeNearest(x, 5, 6),
  "nearest 1 x 1": (x) => ops.resizeNearest(x, 1, 1),
  "bicubic 1 x 1": (x) => ops.resizeBicubic(x, 1, 1),
  "pad, reflect": (x) => ops.pad(x, [[0, 0], [1, 0], [4, 2], [0, 5]], { mode: "reflect" }),
  "pad, edge": (x) => ops.pad(x, [[1, 0], [0, 0], [4, 6], [0, 7]], { mode: "edge" }),
  "pad, another number": (x) => ops.pad(x, [[1, 0], [0, 0], [1, 2], [0, 0]], { value: 3 }),
  "pad with nothing": (x) => ops.pad(x, [[0, 0], [0, 0], [0, 0], [0, 0]], { mode: "edge" }),
};
testGradients([
  ...Object.entries(linear).map(([name, build]): GradientCase => ({
    name,
    inputs: [[2, 2, 5, 6]],
    build,
    linear: true,
  })),
  ...Object.entries({
    "max 3 stride 2 padding 1": image["max 3 stride 2 padding 1"],
    "max [2, 3] stride [1, 2], which overlap": image["max [2, 3] stride [1, 2]"],
    "max 3 stride 1 padding 1": (x: Value) => ops.maxPool2d(x, 3, { stride: 1, padding: 1 }),
    "max 2 stride 3": (x: Value) => ops.maxPool2d(x, 2, { stride: 3 }),
    "max [5, 2]": (x: Value) => ops.maxPool2d(x, [5, 2]),
  }).map(([name, build]): GradientCase => ({ ...ofMaxima, name, build })),
]);

Deno.test("forward: nearest by a whole factor is upsampleNearest2d", async () => {
  const x = normal([2, 3, 4, 5], 1);
  const [one, other] = [
    await compute([x], (x) => ops.resizeNearest(x, 12, 15)),
    await compute([x], (x) => ops.upsampleNearest2d(x, 3)),
  ];
  assertNear(one, other, 1e-7);
});

Deno.test("symbolic batches are pooled and resized", () => {
  const x = new Graph().input("x", "float32", ["batch", 2, 6, 6]);
  const shapes = [
    ops.maxPool2d(x, 3, { stride: 2 }),
    ops.averagePool2d(x, 3, { stride: 2 }),
    ops.adaptiveAveragePool2d(x, 2, 2),
    ops.resizeNearest(x, 2, 2),
  ].map(({ shape }) => shape);
  assertEquals(shapes, Array(4).fill(["batch", 2, 2, 2]));
});

Deno.test("pools, sizes and paddings that cannot be are refused", () => {
  const x = new Graph().input("x", "float32", [1, 1, 4, 6]);
  const cases: [() => unknown, string][] = [
    [() => ops.maxPool2d(x, 3), "size: 3 where a divisor of 4 x 6 is expected"],
    [() => ops.maxPool2d(x, [2, 0], { stride: 1 }), "size: 2,0 where one or two whole numbers from 1 are"],
    [() => ops.maxPool2d(x, 2, { stride: 0 }), "stride: 0,0 where whole numbers from 1 are"],
    [() => ops.averagePool2d(x, 2, { stride: 1, padding: 2 }), "padding: 2,2 where at most half the size"],
    [() => ops.averagePool2d(x, 5, { stride: 1 }), "x: shape [1,1,4,6] is smaller than the size 5,5"],
    [() => ops.maxPool2d(x, 2, { ceil: true } as object), 'options: "ceil" where one of stride, padding'],
    [() => ops.adaptiveAveragePool2d(x, 0, 2), "height, width: 0, 2 where whole numbers from 1"],
    [() => ops.resizeNearest(x, 2.5, 2), "height, width: 2.5, 2 where whole numbers from 1"],
    [() => ops.resizeBicubic(x, 2, -1), "height, width: 2, -1 where"],
    [
      () => ops.pad(x, [[0, 0], [0, 0], [4, 0], [0, 0]], { mode: "reflect" }),
      "4, 0 where at most 3 are expected",
    ],
    [() => ops.pad(x, [[0, 0]], { mode: "edge" }), "amounts: [[0,0]] do not fit"],
    [() => ops.pad(x, [], { mode: "wrap" as "edge" }), "mode: wrap where one of constant, reflect, edge"],
    [() => ops.pad(x, [], { mode: "edge", value: 1 }), "value: 1 where none is expected beside mode edge"],
  ];
  for (const [build, message] of cases) assertThrows(build, GraphError, message);
});
