/** Convolutions over one and three axes, dilated and in groups: values against loops, gradients against differences. */
import { assertEquals, assertThrows } from "@std/assert";
import * as onnx from "../../lib/onnx/ops/mod.ts";
import { gradients, Graph, GraphError } from "../../lib/onnx/mod.ts";
import { assertNear, assertValues, compute, counting } from "./compute.ts";
import { normal, testGradients } from "./finite_differences.ts";
import * as reference from "./references.ts";

/** x, then O and the kernel. */
type Case = [x: number[], w: number[], options: reference.Geometry];

const convolutions: Case[] = [
  // Sequences.
  [[2, 3, 7], [4, 3], { padding: 1 }],
  [[2, 3, 7], [4, 1], {}],
  [[2, 3, 9], [4, 4], { stride: 2, padding: 1 }],
  [[2, 4, 9], [6, 3], { dilation: 2, padding: 2, groups: 2 }],
  [[3, 4, 8], [4, 3], { groups: 4, padding: 1 }],
  [[2, 2, 8], [4, 3], { stride: 3, dilation: 2, padding: 1 }],
  // Images.
  [[2, 3, 7, 8], [4, 3, 3], { dilation: 2, padding: 2 }],
  [[2, 3, 9, 8], [2, 3, 2], { dilation: 3 }],
  [[1, 2, 9, 10], [3, 3, 3], { dilation: 2, stride: 2, padding: 1 }],
  [[2, 4, 5, 6], [4, 3, 3], { groups: 4, padding: 1 }],
  [[2, 4, 5, 6], [8, 3, 3], { groups: 4, padding: 1 }],
  [[2, 6, 5, 6], [3, 3, 3], { groups: 3, padding: 1 }],
  [[2, 4, 7, 6], [4, 3, 3], { groups: 4, stride: 2, padding: 1 }],
  [[2, 4, 6, 6], [4, 1, 1], { groups: 2 }],
  [[2, 4, 9, 9], [4, 3, 3], { groups: 2, dilation: 2, stride: 2, padding: 2 }],
  [[2, 4, 8, 8], [6, 2, 2], { groups: 2, stride: 2 }],
  [[2, 2, 4, 4], [2, 3, 3], { dilation: 2, padding: 4, groups: 2 }],
  [[2, 2, 5, 5], [2, 1, 1], { padding: 1, groups: 2 }],
  [[2, 16, 8, 8], [16, 3, 3], { dilation: 2, padding: 2 }],
  [[2, 2, 72, 96], [2, 3, 3], { groups: 2, padding: 1 }],
  // Volumes.
  [[2, 2, 3, 4, 5], [3, 3, 3, 3], { padding: 1 }],
  [[2, 2, 3, 4, 5], [3, 1, 1, 1], {}],
  [[1, 2, 5, 5, 6], [2, 3, 3, 3], { stride: 2, padding: 1 }],
  [[1, 2, 3, 3, 3], [2, 2, 2, 2], { padding: 1 }],
  [[1, 4, 4, 5, 5], [4, 2, 3, 3], { groups: 2, dilation: 2, padding: 2 }],
];
const conv = [onnx.conv1d, onnx.conv2d, onnx.conv3d];
const transposed = [onnx.convTranspose1d, onnx.convTranspose2d, onnx.convTranspose3d];
const nameOf = (x: number[], w: number[], options: object) =>
  `[${x}] -> ${w[0]}, kernel ${w.slice(1)} ${JSON.stringify(options)}`;

for (const [x, [o, ...kernel], options] of convolutions) {
  const axes = kernel.length;
  const name = `conv${axes}d ${nameOf(x, [o, ...kernel], options)}`;
  const weight = [o, x[1] / (options.groups ?? 1), ...kernel];
  Deno.test(`forward: ${name}`, async () => {
    const [image, w, b] = [normal(x, 1), normal(weight, 2), normal([o], 3)];
    const y = await compute([image, w, b], (x, w, b) => conv[axes - 1](x, w, b, options));
    assertNear(y, reference.convolve(image, w, b, options), 1e-5);
  });
  testGradients([{
    name,
    inputs: [x, weight, [o]],
    build: (x, w, b) => conv[axes - 1](x, w, b, options),
    linear: true,
  }]);
}

const transposedCases: [number[], number[], reference.Geometry & { outputPadding?: number }][] = [
  [[2, 3, 5], [4, 3], { stride: 2, padding: 1, outputPadding: 1 }],
  [[2, 4, 5], [2, 3], { groups: 2, dilation: 2 }],
  [[2, 3, 4, 5], [2, 3, 3], { dilation: 2, padding: 1 }],
  [[2, 4, 4, 5], [1, 3, 3], { groups: 4, stride: 2, padding: 1, outputPadding: 1 }],
  [[2, 4, 4, 5], [3, 4, 4], { groups: 2, stride: 2, padding: 1 }],
  [[2, 4, 4, 5], [3, 3, 3], { groups: 2, padding: 1 }],
  [[1, 2, 2, 3, 3], [2, 2, 2, 2], { stride: 2 }],
  [[1, 2, 2, 3, 3], [2, 3, 3, 3], { stride: 2, padding: 1, outputPadding: 1 }],
  [[1, 4, 2, 3, 3], [2, 2, 2, 2], { groups: 2, dilation: 2 }],
];
for (const [x, [each, ...kernel], options] of transposedCases) {
  const axes = kernel.length;
  const name = `convTranspose${axes}d ${nameOf(x, [each, ...kernel], options)}`;
  const [weight, bias] = [[x[1], each, ...kernel], [each * (options.groups ?? 1)]];
  Deno.test(`forward: ${name}`, async () => {
    const [image, w, b] = [normal(x, 1), normal(weight, 2), normal(bias, 3)];
    const y = await compute([image, w, b], (x, w, b) => transposed[axes - 1](x, w, b, options));
    assertNear(y, reference.convolveTransposed(image, w, b, options), 1e-5);
  });
  testGradients([{
    name,
    inputs: [x, weight, bias],
    build: (x, w, b) => transposed[axes - 1](x, w, b, options),
    linear: true,
  }]);
}

testGradients([
  {
    name: "conv2d in groups, behind a factor of each channel",
    inputs: [[2, 4, 5, 5], [4, 2, 3, 3], [1, 4, 1, 1]],
    build: (x, w, f) => onnx.mul(onnx.conv2d(x, w, undefined, { padding: 1, groups: 2 }), f),
    linear: true,
  },
  {
    name: "convTranspose2d in groups, behind a factor of each channel",
    inputs: [[2, 4, 3, 3], [4, 3, 3, 3], [1, 6, 1, 1]],
    build: (x, w, f) => onnx.mul(onnx.convTranspose2d(x, w, undefined, { stride: 2, groups: 2 }), f),
    linear: true,
  },
  {
    name: "the gradient of a depthwise convolution's gradient",
    inputs: [[1, 2, 4, 4], [2, 1, 3, 3]],
    build: (x, w) => {
      const y = onnx.conv2d(x, w, undefined, { padding: 1, groups: 2 });
      return gradients(onnx.sum(onnx.square(y)), [x, w]);
    },
  },
]);

Deno.test("forward: a number of each axis", async () => {
  const y = await compute(
    [counting([1, 1, 2, 5]), { data: Float32Array.of(1, 10), shape: [1, 1, 1, 2] }],
    (x, w) => onnx.conv2d(x, w, undefined, { dilation: [1, 3], stride: [1, 1], padding: [0, 0] }),
  );
  assertValues(y, [30, 41, 85, 96]);
});

Deno.test("convolutions that do not fit are refused, with the argument named", () => {
  const graph = new Graph();
  const value = (...shape: number[]) => graph.input(`${graph.inputs.length}`, "float32", shape);
  const [x, w] = [value(1, 4, 5, 5), value(6, 4, 3, 3)];
  const cases: [() => unknown, string][] = [
    [() => onnx.conv2d(x, w, undefined, { groups: 0 }), "groups: 0 where a whole number from 1"],
    [
      () => onnx.conv2d(x, w, undefined, { groups: 2 }),
      "weight: shape [6,4,3,3] where [out, 2, height, width]",
    ],
    [() => onnx.conv2d(x, value(6, 1, 3, 3), undefined, { groups: 4 }), "groups: 4 where a divisor of the 6"],
    [() => onnx.conv2d(x, w, undefined, { dilation: 0 }), "dilation: 0,0 where whole numbers from 1"],
    [() => onnx.conv2d(x, w, undefined, { dilation: 3 }), "smaller than the kernel 3,3"],
    [
      () => onnx.conv2d(x, w, undefined, { stride: [1, 1, 1] }),
      "stride: 1,1,1 where one number or 2 numbers",
    ],
    [() => onnx.conv1d(x, w), "x: shape [1,4,5,5] where 3 axes"],
    [() => onnx.conv3d(value(1, 4, 3, 3, 3), w), "weight: shape [6,4,3,3] where 5 axes"],
    [() => onnx.conv1d(value(1, 4, 9), value(6, 3, 3)), "weight: shape [6,3,3] where [out, 4, width]"],
    [
      () => onnx.convTranspose2d(x, value(4, 1, 3, 3), undefined, { groups: 3 }),
      "groups: 3 where a divisor of the 4",
    ],
  ];
  for (const [build, message] of cases) assertThrows(build, GraphError, message);
});

Deno.test("symbolic batches go through grouped and one-axis convolutions", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", ["batch", 4, 9]);
  const w = graph.input("w", "float32", [4, 1, 3]);
  assertEquals(onnx.conv1d(x, w, undefined, { groups: 4, padding: 1 }).shape, ["batch", 4, 9]);
});
