/** Gradients of every operator against differences, and reverse mode itself. Convolutions have a file of their own. */
import { assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import * as onnx from "../../lib/onnx/mod.ts";
import { gradients, Graph, GraphError, openSession, sum, type Value } from "../../lib/onnx/mod.ts";
import { sumTo } from "../../lib/onnx/ops/reduce.ts";
import type { Tensor } from "../../lib/tensor.ts";
import {
  awayFromZero,
  distinct,
  type GradientCase,
  normal,
  positive,
  testGradients,
} from "./finite_differences.ts";

// ---- Element by element ----

const broadcasts: [number[], number[]][] = [
  [[2, 3], [2, 3]],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [[2, 3], [2, 1]],
  [[2, 1], [1, 3]],
  [[2, 3], []],
  [[], [2, 3]],
  [[], []],
  [[2, 3], [1]],
  [[1, 1], [3]],
  [[2, 1, 4], [3, 1]],
  [[1, 2, 2], [3, 1, 2, 1]],
];

const binary = {
  add: { linear: true, b: normal },
  sub: { linear: true, b: normal },
  mul: { linear: true, b: normal },
  div: { linear: false, b: positive },
} as const;

for (const [name, { linear, b }] of Object.entries(binary)) {
  const op = onnx[name as keyof typeof binary];
  testGradients(broadcasts.map(([m, n]) => ({
    name: `${name} [${m}] [${n}]`,
    inputs: [m, b(n, 1)],
    build: (x, y) => op(x, y),
    linear,
  })));
}

/** Pairs that differ by 0.25 or more wherever they meet, either of which may be the larger. */
testGradients(broadcasts.flatMap(([m, n]) =>
  (["max", "min"] as const).map((name): GradientCase => ({
    name: `${name} [${m}] [${n}]`,
    inputs: [distinct(m, 3), { ...distinct(n, 5), data: distinct(n, 5).data.map((v) => v + 0.1) }],
    build: (x, y) => onnx[name](x, y),
    step: 0.005,
    tolerance: 1e-4,
  }))
));

testGradients([
  { name: "numbers on either side", inputs: [[2, 3]], build: numbersOnEitherSide },
  {
    name: "the same operand twice",
    inputs: [positive([5])],
    build: (x) => onnx.div(onnx.mul(x, x), onnx.add(x, x)),
  },
  { name: "max with a number", inputs: [awayFromZero([9])], build: (x) => onnx.max(x, 0), step: 0.01 },
  { name: "min with a number", inputs: [awayFromZero([9])], build: (x) => onnx.min(0, x), step: 0.01 },
  { name: "neg", inputs: [[2, 3]], build: onnx.neg, linear: true },
  { name: "exp", inputs: [[2, 3]], build: onnx.exp },
  { name: "log", inputs: [positive([2, 3])], build: onnx.log },
  { name: "sqrt", inputs: [positive([2, 3])], build: onnx.sqrt },
  { name: "reciprocal", inputs: [positive([2, 3])], build: onnx.reciprocal },
  { name: "square", inputs: [[2, 3]], build: onnx.square },
  { name: "erf", inputs: [[4, 5]], build: onnx.erf },
  { name: "sigmoid", inputs: [[4, 5]], build: onnx.sigmoid },
  { name: "tanh", inputs: [[4, 5]], build: onnx.tanh },
  { name: "sin", inputs: [[2, 3]], build: onnx.sin },
  { name: "cos", inputs: [[2, 3]], build: onnx.cos },
  { name: "abs", inputs: [awayFromZero([4, 5])], build: onnx.abs, step: 0.01 },
  { name: "sign", inputs: [awayFromZero([4, 5])], build: onnx.sign, step: 0.01 },
  { name: "relu", inputs: [awayFromZero([4, 5])], build: onnx.relu, step: 0.01 },
  { name: "gelu", inputs: [[4, 5]], build: onnx.gelu },
  { name: "geluTanh", inputs: [[4, 5]], build: onnx.geluTanh },
  { name: "silu", inputs: [[4, 5]], build: onnx.silu },
  {
    name: "cast to float64 and back",
    inputs: [[2, 3]],
    build: (x) => onnx.cast(onnx.exp(onnx.cast(x, "float64")), "float32"),
  },
  {
    name: "cast to integers carries none",
    inputs: [positive([2, 3])],
    build: (x) => onnx.mul(x, onnx.cast(onnx.cast(onnx.mul(x, 0), "int64"), "float32")),
  },
]);

function numbersOnEitherSide(x: Value): Value {
  const y = onnx.add(onnx.mul(2, x), onnx.mul(onnx.sub(1, x), onnx.sub(x, 3)));
  return onnx.add(0.5, onnx.div(y, onnx.div(1, onnx.add(onnx.square(x), 1))));
}

const conditions: [number[], number[], number[]][] = [
  [[2, 3], [2, 3], [2, 3]],
  [[2, 3], [3], []],
  [[3], [2, 1], [2, 3]],
  [[2, 1], [1, 3], [2, 1]],
  [[], [2, 3], [3]],
  [[2, 1, 1], [3, 1], [4]],
];
testGradients(conditions.map(([c, a, b]) => ({
  name: `where [${c}] [${a}] [${b}]`,
  inputs: [awayFromZero(c, 7), a, b],
  wanted: [1, 2],
  build: (condition, a, b) => onnx.where(onnx.greater(condition, 0), a, b),
  linear: true,
})));

// ---- Along an axis ----

testGradients([[6], [2, 5], [2, 3, 4]].flatMap((shape): GradientCase[] =>
  shape.flatMap((_, axis) => [
    { name: `softmax [${shape}] axis ${axis}`, inputs: [shape], build: (x) => onnx.softmax(x, axis) },
    { name: `logSoftmax [${shape}] axis ${axis}`, inputs: [shape], build: (x) => onnx.logSoftmax(x, axis) },
  ])
));
testGradients([
  { name: "softmax over the last axis by default", inputs: [[2, 5]], build: (x) => onnx.softmax(x) },
  { name: "logSoftmax over axis -2", inputs: [[2, 3, 4]], build: (x) => onnx.logSoftmax(x, -2) },
]);

const reductions: [number[], number[] | undefined][] = [
  [[], undefined],
  [[5], undefined],
  [[2, 3, 4], undefined],
  [[2, 3, 4], [0]],
  [[2, 3, 4], [1]],
  [[2, 3, 4], [-1]],
  [[2, 3, 4], [0, 2]],
  [[2, 3, 4], [2, 0]],
  [[2, 3, 4], []],
  [[2, 1, 4], [1]],
  [[3, 4, 2, 2], [0, 2, 3]],
];
testGradients(
  reductions.flatMap(([shape, axes]) =>
    [false, true].flatMap((keepDims): GradientCase[] =>
      (["sum", "mean"] as const).map((name) => ({
        name: `${name} [${shape}] over ${axes ? `[${axes}]` : "all"}${keepDims ? ", kept" : ""}`,
        inputs: [shape],
        build: (x) => onnx[name](x, { axes, keepDims }),
        linear: true,
      }))
    )
  ),
);

const expansions: [number[], number[]][] = [
  [[], [2, 3]],
  [[3], [2, 3]],
  [[2, 1], [2, 3]],
  [[1, 1], [2, 3]],
  [[2, 1, 4], [3, 2, 5, 4]],
  [[2, 3], [2, 3]],
];
testGradients(expansions.map(([from, to]) => ({
  name: `broadcastTo [${from}] to [${to}]`,
  inputs: [from],
  build: (x) => onnx.broadcastTo(x, to),
  linear: true,
})));
testGradients(expansions.map(([to, from]) => ({
  name: `sumTo [${from}] to [${to}]`,
  inputs: [from],
  build: (x) => sumTo(x, to),
  linear: true,
})));

// ---- Moving elements ----

const moves: Record<string, [number[][], GradientCase["build"]]> = {
  "reshape": [[[2, 6]], (x) => onnx.reshape(x, [3, -1, 2])],
  "reshape to a scalar": [[[1, 1]], (x) => onnx.reshape(x, [])],
  "transpose reversed": [[[2, 3, 4]], (x) => onnx.transpose(x)],
  "transpose [2, 0, 1]": [[[2, 3, 4]], (x) => onnx.transpose(x, [2, 0, 1])],
  "transpose [1, 3, 0, 2]": [[[2, 2, 3, 2]], (x) => onnx.transpose(x, [1, 3, 0, 2])],
  "concat axis 0": [[[2, 3], [1, 3]], (x, y) => onnx.concat([x, y], 0)],
  "concat axis -1, one value twice": [[[2, 3], [2, 2]], (x, y) => onnx.concat([x, y, x], -1)],
  "split": [[[2, 6]], (x) => onnx.split(x, [1, 3, 2], 1)],
  "split, the middle unused": [[[2, 6]], (x) => onnx.split(x, [1, 3, 2], 1).filter((_, i) => i !== 1)],
  "split, the first unused": [[[6, 2]], (x) => onnx.split(x, [1, 3, 2], 0).slice(1)],
  "split, one part used twice": [[[6]], (x) => {
    const [, b] = onnx.split(x, [4, 2], 0);
    return [b, onnx.mul(b, 3)];
  }],
  "split into one": [[[6]], (x) => onnx.split(x, [6], 0)],
  "pad": [[[2, 3]], (x) => onnx.pad(x, [[1, 0], [2, 3]])],
  "pad with nothing": [[[2, 3]], (x) => onnx.pad(x, [[0, 0], [0, 0]])],
  "shift": [[[2, 5, 2]], (x) => onnx.shift(x, 1, 2)],
  "shift back": [[[2, 5]], (x) => onnx.shift(x, -1, -4)],
  "flip": [[[2, 3, 2]], (x) => onnx.flip(x, [0, -1])],
  "flip along no axis": [[[2, 3]], (x) => onnx.flip(x, [])],
};
testGradients(
  Object.entries(moves).map(([name, [inputs, build]]) => ({ name, inputs, build, linear: true })),
);

const ranges: [start: number, end: number, step?: number][] = [
  [0, 7],
  [1, 5],
  [0, 1],
  [6, 7],
  [0, 7, 2],
  [1, 7, 2],
  [0, 6, 3],
  [2, 7, 3],
  [1, 4, 5],
  [6, 7, 4],
  [0, 2, 7],
];
testGradients(ranges.map(([start, end, step]) => ({
  name: `slice ${start}..${end} by ${step ?? 1} of 7`,
  inputs: [[2, 7, 2]],
  build: (x) => onnx.slice(x, 1, { start, end, step }),
  linear: true,
})));

const indices = (x: Value, values: number[], shape: number[]) => x.graph.constant(values, "int64", shape);
testGradients([
  {
    name: "gather, with repeated indices and rows that are not taken",
    inputs: [[5, 3]],
    build: (x) => onnx.gather(x, indices(x, [1, 4, 1, 1, 0, 4], [2, 3])),
    linear: true,
  },
  {
    name: "gather, a single row of three axes",
    inputs: [[3, 2, 2]],
    build: (x) => onnx.gather(x, indices(x, [2], [])),
    linear: true,
  },
  {
    name: "gather of numbers",
    inputs: [[4]],
    build: (x) => onnx.gather(x, indices(x, [3, 3, 0], [3])),
    linear: true,
  },
  {
    name: "gather, hundreds of indices of few rows",
    inputs: [[3, 17]],
    build: (x) => onnx.gather(x, indices(x, Array.from({ length: 300 }, (_, i) => i * i % 3), [300])),
    linear: true,
  },
  {
    name: "pick",
    inputs: [[4, 3]],
    build: (x) => onnx.pick(x, indices(x, [2, 0, 2, 1], [4])),
    linear: true,
  },
  {
    name: "cross-entropy: pick of logSoftmax",
    inputs: [[4, 3]],
    build: (x) => onnx.neg(onnx.mean(onnx.pick(onnx.logSoftmax(x), indices(x, [2, 0, 2, 1], [4])))),
  },
]);

// ---- Products ----

/** Shapes before transposing, [..., m, k] and [..., k, n]. */
const products: [number[], number[]][] = [
  [[2, 3], [3, 4]],
  [[2, 2, 3], [2, 3, 4]],
  [[2, 2, 3], [3, 4]],
  [[2, 3], [2, 3, 4]],
  [[2, 1, 2, 3], [3, 3, 4]],
  [[1, 2, 3], [4, 3, 2]],
  [[3, 1, 2, 3], [1, 2, 3, 2]],
  [[1, 1], [1, 1]],
];
const swap = (shape: number[], swapped: boolean) =>
  swapped ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;
testGradients(
  products.flatMap(([a, b]) =>
    [0, 1, 2, 3].flatMap((flags) =>
      [1, 0.3].map((scale): GradientCase => {
        const [transposeA, transposeB] = [flags > 1, flags % 2 === 1];
        return {
          name: `matmul [${a}] [${b}]${transposeA ? " A" : ""}${transposeB ? " B" : ""} x ${scale}`,
          inputs: [swap(a, transposeA), swap(b, transposeB)],
          build: (x, y) => onnx.matmul(x, y, { transposeA, transposeB, scale }),
          linear: true,
        };
      })
    )
  ),
);
testGradients([[5, 3], [2, 4, 3], [2, 2, 2, 3]].flatMap((shape): GradientCase[] => [
  {
    name: `linear [${shape}]`,
    inputs: [shape, [4, 3], [4]],
    build: (x, w, b) => onnx.linear(x, w, b),
    linear: true,
  },
  {
    name: `linear [${shape}], no bias`,
    inputs: [shape, [4, 3]],
    build: (x, w) => onnx.linear(x, w),
    linear: true,
  },
]));

// ---- Normalisation ----

testGradients([
  {
    name: "conv2d whose gradient has a factor for each channel",
    inputs: [[2, 3, 5, 5], [4, 3, 3, 3], [4], [1, 4, 1, 1]],
    build: (x, w, b, s) => onnx.mul(onnx.conv2d(x, w, b, { padding: 1 }), s),
  },
  {
    name: "convTranspose2d whose gradient has a factor for each channel",
    inputs: [[2, 3, 4, 4], [3, 5, 4, 4], [5], [1, 5, 1, 1]],
    build: (x, w, b, s) => onnx.mul(onnx.convTranspose2d(x, w, b, { stride: 2, padding: 1 }), s),
  },
  {
    name: "batchNormTraining",
    inputs: [[4, 3, 2, 5], positive([3]), [3]],
    build: (x, w, b) => onnx.batchNormTraining(x, w, b).y,
  },
  {
    name: "batchNormTraining of a picture of one pixel, a large epsilon",
    inputs: [[8, 2, 1, 1], positive([2]), [2]],
    build: (x, w, b) => onnx.batchNormTraining(x, w, b, 0.5).y,
  },
  {
    name: "two batchNormTraining in a row",
    inputs: [[4, 3, 3, 3], positive([3]), [3], positive([3], 1), [3]],
    build: (x, w, b, w2, b2) =>
      onnx.batchNormTraining(onnx.gelu(onnx.batchNormTraining(x, w, b).y), w2, b2).y,
  },
  {
    name: "batchNormTraining through the batch's statistics",
    inputs: [[4, 3, 2, 5], positive([3]), [3]],
    build: (x, w, b) => {
      const { y, mean, variance } = onnx.batchNormTraining(x, w, b);
      const perChannel = (value: onnx.Value) => onnx.reshape(value, [1, 3, 1, 1]);
      return onnx.add(onnx.mul(y, perChannel(variance)), perChannel(mean));
    },
  },
  {
    name: "batchNorm by given statistics",
    inputs: [[2, 3, 2, 4], [3], [3], [3], positive([3])],
    build: (x, w, b, mean, variance) => onnx.batchNorm(x, w, b, mean, variance),
  },
  {
    name: "batchNorm",
    inputs: [[2, 3, 2, 4], [3], [3]],
    build: (x, w, b) => {
      const constant = (values: number[]) => x.graph.constant(values);
      return onnx.batchNorm(x, w, b, constant([0.1, -0.2, 0.3]), constant([0.5, 1, 2]));
    },
    linear: true,
  },
  { name: "layerNorm", inputs: [[2, 3, 7], [7], [7]], build: (x, w, b) => onnx.layerNorm(x, w, b) },
  {
    name: "layerNorm of a vector, a large epsilon",
    inputs: [[5], [5], [5]],
    build: (x, w, b) => onnx.layerNorm(x, w, b, 0.5),
  },
  { name: "rmsNorm", inputs: [[2, 3, 7], [7]], build: (x, w) => onnx.rmsNorm(x, w) },
  { name: "rmsNorm, a large epsilon", inputs: [[2, 7], [7]], build: (x, w) => onnx.rmsNorm(x, w, 0.5) },
  ...([[[2, 6, 3, 4], 3], [[2, 6, 5], 2], [[2, 4, 3, 3], 1], [[3, 4, 2, 2], 4], [[2, 6, 1, 1], 2]] as const)
    .map(
      ([x, groups]): GradientCase => ({
        name: `groupNorm [${x}] in ${groups}`,
        inputs: [x, [x[1]], [x[1]]],
        build: (x, w, b) => onnx.groupNorm(x, groups, w, b),
      }),
    ),
  {
    name: "groupNorm with a weight and a bias for each picture",
    inputs: [[2, 4, 3, 3], [2, 4], [2, 4]],
    build: (x, w, b) => onnx.groupNorm(x, 2, w, b),
  },
  {
    name: "groupNorm, a large epsilon",
    inputs: [[2, 4, 3, 3], [4], [4]],
    build: (x, w, b) => onnx.groupNorm(x, 2, w, b, 0.5),
  },
]);

// ---- Pictures ----

testGradients([
  { name: "averagePool2d 2", inputs: [[2, 3, 4, 6]], build: (x) => onnx.averagePool2d(x, 2), linear: true },
  { name: "averagePool2d 7", inputs: [[2, 3, 7, 7]], build: (x) => onnx.averagePool2d(x, 7), linear: true },
  { name: "averagePool2d 1", inputs: [[1, 2, 2, 3]], build: (x) => onnx.averagePool2d(x, 1), linear: true },
  { name: "maxPool2d 2", inputs: [distinct([2, 2, 4, 6])], build: (x) => onnx.maxPool2d(x, 2), step: 0.005 },
  { name: "maxPool2d 3", inputs: [distinct([1, 2, 3, 6])], build: (x) => onnx.maxPool2d(x, 3), step: 0.005 },
  {
    name: "upsampleNearest2d 2",
    inputs: [[2, 3, 2, 3]],
    build: (x) => onnx.upsampleNearest2d(x, 2),
    linear: true,
  },
  {
    name: "upsampleNearest2d 3",
    inputs: [[1, 2, 1, 2]],
    build: (x) => onnx.upsampleNearest2d(x, 3),
    linear: true,
  },
  ...[[3, 4, 6, 8], [3, 4, 7, 5], [5, 6, 2, 3], [4, 4, 1, 1], [1, 3, 4, 4], [4, 4, 4, 4]].flatMap((
    [h, w, height, width],
  ) =>
    [false, true].map((alignCorners): GradientCase => ({
      name: `resizeBilinear ${h} x ${w} to ${height} x ${width}${alignCorners ? ", corners aligned" : ""}`,
      inputs: [[2, 2, h, w]],
      build: (x) => onnx.resizeBilinear(x, height, width, { alignCorners }),
      linear: true,
    }))
  ),
]);

// ---- Networks ----

testGradients([
  {
    name: "attention",
    inputs: [[2, 5, 4], [4, 4], [4, 4], [4, 4]],
    build: (x, wq, wk, wv) => {
      const heads = (w: Value) => onnx.transpose(onnx.reshape(onnx.linear(x, w), [2, 5, 2, 2]), [0, 2, 1, 3]);
      const weights = onnx.softmax(onnx.matmul(heads(wq), heads(wk), { transposeB: true, scale: 0.7 }));
      return onnx.transpose(onnx.matmul(weights, heads(wv)), [0, 2, 1, 3]);
    },
  },
  {
    name: "a residual block",
    inputs: [[2, 4, 4, 4], positive([4]), [4], [4, 4, 3, 3], [4]],
    build: (x, w, b, kernel, bias) =>
      onnx.add(x, onnx.conv2d(onnx.gelu(onnx.groupNorm(x, 2, w, b)), kernel, bias, { padding: 1 })),
  },
  {
    name: "one value, used four times",
    inputs: [[4]],
    build: (x) => onnx.add(onnx.mul(x, onnx.exp(x)), onnx.sub(onnx.sin(x), x)),
  },
]);

// ---- Second derivatives ----

/** d Σ sin(y) / dx: the sine makes gradients depend on the gradients that come in, too. */
function derivative(f: (...values: Value[]) => Value): GradientCase["build"] {
  return (...values) => gradients(sum(onnx.sin(f(...values))), values);
}

testGradients([
  { name: "gradient of gelu", inputs: [[12]], build: derivative(onnx.gelu) },
  { name: "gradient of geluTanh", inputs: [[12]], build: derivative(onnx.geluTanh) },
  { name: "gradient of silu", inputs: [[12]], build: derivative(onnx.silu) },
  { name: "gradient of tanh", inputs: [[12]], build: derivative(onnx.tanh) },
  { name: "gradient of div", inputs: [[3, 2], positive([2])], build: derivative(onnx.div) },
  {
    name: "gradient of where",
    inputs: [awayFromZero([8])],
    build: derivative((x) => onnx.square(onnx.relu(x))),
  },
  { name: "gradient of softmax", inputs: [[2, 4]], build: derivative((x) => onnx.softmax(x)) },
  { name: "gradient of logSoftmax", inputs: [[2, 4]], build: derivative((x) => onnx.logSoftmax(x)) },
  { name: "gradient of matmul", inputs: [[2, 3], [3, 2]], build: derivative((a, b) => onnx.matmul(a, b)) },
  {
    name: "gradient of a batched matmul with both operands turned",
    inputs: [[2, 3, 2], [2, 3]],
    build: derivative((a, b) => onnx.matmul(a, b, { transposeA: true, transposeB: true, scale: 0.5 })),
  },
  { name: "gradient of linear", inputs: [[3, 2], [2, 2], [2]], build: derivative(onnx.linear) },
  {
    name: "gradient of conv2d, stride 1",
    inputs: [[2, 2, 4, 4], [3, 2, 3, 3]],
    build: derivative((x, w) => onnx.conv2d(x, w, undefined, { padding: 1 })),
    step: 0.005,
  },
  {
    name: "gradient of conv2d, stride 2",
    inputs: [[2, 2, 4, 5], [3, 2, 3, 3]],
    build: derivative((x, w) => onnx.conv2d(x, w, undefined, { stride: 2, padding: 1 })),
    step: 0.005,
  },
  {
    name: "gradient of averagePool2d and upsampleNearest2d",
    inputs: [[1, 2, 4, 4]],
    build: derivative((x) => onnx.upsampleNearest2d(onnx.averagePool2d(onnx.square(x), 2), 2)),
  },
  {
    name: "third derivative of exp",
    inputs: [[4]],
    build: derivative((x) => gradients(sum(onnx.exp(x)), [x])[0]),
  },
]);

// ---- Reverse mode itself ----

/** Runs a graph that has no inputs, or those given. */
async function compute(graph: Graph, inputs: Record<string, Tensor> = {}): Promise<Record<string, Tensor>> {
  await using session = await openSession(graph, { threads: 1 });
  return await session.run(inputs);
}

Deno.test("gradients: of values that the loss does not depend on are zeros", async () => {
  const graph = new Graph();
  const x = graph.constant([1, 2, 3]);
  const y = graph.constant([4, 5], "float32", [1, 2]);
  const later = onnx.exp(y);
  const labels = graph.constant([7, 8], "int64");
  const loss = sum(x);
  const after = onnx.exp(loss);
  const found = gradients(loss, [y, x, later, labels, after]);
  assertEquals(found.map((g) => [g.dtype, g.shape]), [
    ["float32", [1, 2]],
    ["float32", [3]],
    ["float32", [1, 2]],
    ["int64", [2]],
    ["float32", []],
  ]);
  found.forEach((g, i) => graph.output(`g${i}`, g));
  const { g0, g1, g2, g3, g4 } = await compute(graph);
  assertEquals([...g0.data], [0, 0]);
  assertEquals([...g1.data], [1, 1, 1]);
  assertEquals([...g2.data], [0, 0]);
  assertEquals([...g3.data].map(Number), [0, 0]);
  assertEquals([...g4.data], [0]);
});

Deno.test("gradients: of the loss, of intermediate values and of one value twice", async () => {
  const graph = new Graph();
  const x = graph.constant([1, 2]);
  const y = onnx.mul(x, 3);
  const loss = sum(onnx.square(y));
  gradients(loss, [loss, y, x, x]).forEach((g, i) => graph.output(`g${i}`, g));
  const { g0, g1, g2, g3 } = await compute(graph);
  assertEquals([...g0.data], [1]);
  assertEquals([...g1.data], [6, 12]);
  assertEquals([...g2.data], [18, 36]);
  assertEquals([...g3.data], [18, 36]);
});

Deno.test("gradients: a loss of shape [1, 1] is a scalar too", async () => {
  const graph = new Graph();
  const x = graph.constant([1, 2, 3], "float32", [1, 3]);
  graph.output("g", gradients(sum(onnx.square(x), { keepDims: true }), [x])[0]);
  assertEquals([...(await compute(graph)).g.data], [2, 4, 6]);
});

Deno.test("gradients: only float paths carry them", async () => {
  const graph = new Graph();
  const x = graph.constant([-1, 2, 3]);
  const mask = onnx.cast(onnx.greater(x, 0), "float32");
  const loss = sum(onnx.mul(mask, onnx.square(x)));
  graph.output("g", gradients(loss, [x])[0]);
  const { g } = await compute(graph);
  assertEquals(Array.from(g.data, Math.abs), [0, 4, 6]);
});

Deno.test("gradients: where max or min ties, each operand gets half", async () => {
  const graph = new Graph();
  const [a, b] = [graph.constant([1, 2, 3]), graph.constant([1, 5, 0])];
  [...gradients(sum(onnx.max(a, b)), [a, b]), ...gradients(sum(onnx.min(a, b)), [a, b])]
    .forEach((g, i) => graph.output(`g${i}`, g));
  const { g0, g1, g2, g3 } = await compute(graph);
  assertEquals([g0, g1, g2, g3].map((g) => [...g.data]), [
    [0.5, 0, 1],
    [0.5, 1, 0],
    [0.5, 1, 0],
    [0.5, 0, 1],
  ]);
});

Deno.test("gradients: at the kinks of relu and abs they are 0", async () => {
  const graph = new Graph();
  const x = graph.constant([0, -1, 2]);
  graph.output("relu", gradients(sum(onnx.relu(x)), [x])[0]);
  graph.output("abs", gradients(sum(onnx.abs(x)), [x])[0]);
  const { relu, abs } = await compute(graph);
  assertEquals([...relu.data], [0, 0, 1]);
  assertEquals([...abs.data], [0, -1, 1]);
});

Deno.test("gradients: stay finite and right where activations saturate", async () => {
  const graph = new Graph();
  const x = graph.constant([-100, -10, 10, 100]);
  for (const name of ["gelu", "silu", "sigmoid", "tanh", "erf"] as const) {
    graph.output(name, gradients(sum(onnx[name](x)), [x])[0]);
  }
  graph.output("logSoftmax", gradients(sum(onnx.slice(onnx.logSoftmax(x), 0, { start: 0, end: 1 })), [x])[0]);
  const found = await compute(graph);
  const near = (name: string, expected: number[]) =>
    expected.forEach((value, i) => assertAlmostEquals(found[name].data[i], value, 5e-4, name));
  near("gelu", [0, 0, 1, 1]);
  near("silu", [0, 0, 1, 1]);
  near("sigmoid", [0, 0, 0, 0]);
  near("tanh", [0, 0, 0, 0]);
  near("erf", [0, 0, 0, 0]);
  near("logSoftmax", [1, 0, 0, -1]);
});

Deno.test("gradients: a loss that is no scalar is refused", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2, 3]);
  const error = assertThrows(() => gradients(onnx.exp(x), [x]), GraphError);
  assertStringIncludes(error.message, "[2,3] where a scalar is expected");
  const y = graph.input("y", "float32", ["batch"]);
  assertThrows(() => gradients(y, [y]), GraphError, "[batch] where a scalar is expected");
});

Deno.test("gradients: a loss of whole numbers is refused", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [3]);
  assertThrows(() => gradients(sum(onnx.cast(x, "int64")), [x]), GraphError, "int64");
});

Deno.test("gradients: a value of another graph is refused", () => {
  const x = new Graph().input("x", "float32", [3]);
  const other = new Graph().input("other", "float32", [3]);
  assertThrows(() => gradients(sum(x), [x, other]), GraphError, '"other" belongs to another graph');
});

Deno.test("gradients: a node without a rule is named, with its scope", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2, 3]);
  const y = graph.scope("block", () =>
    graph.node({
      op: "HardSwish",
      inputs: [x],
      outputs: [{ dtype: "float32", shape: x.shape }],
    }))[0];
  const error = assertThrows(() => gradients(sum(y), [x]), GraphError);
  assertEquals(error.message, `node "${y.name}": HardSwish has no gradient rule`);
  assertStringIncludes(error.message, '"block/HardSwish');
  // Not on the way: not asked for.
  const z = graph.input("z", "float32", [2, 3]);
  gradients(sum(onnx.add(y, z)), [z]);
});

Deno.test("gradients: a rule that gives a wrong shape is caught, and named", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2, 3]);
  const [y] = graph.node({
    op: "Neg",
    inputs: [x],
    outputs: [{ dtype: "float32", shape: x.shape }],
    gradient: ([dy]) => [dy && sum(dy)],
  });
  const error = assertThrows(() => gradients(sum(y), [x]), GraphError);
  assertStringIncludes(error.message, `node "${y.name}"`);
  assertStringIncludes(error.message, "float32 [] where float32 [2,3] is expected");
});

Deno.test("gradients: nodes carry the name of the node they belong to", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2, 3]);
  const y = graph.scope("block", () => onnx.exp(x));
  const [g] = gradients(sum(y), [x]);
  assertStringIncludes(g.name, `${y.name}.gradient/Mul`);
});

Deno.test("gradients: with a symbolic batch", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", ["batch", 3]);
  const w = graph.constant([1, 2, 3], "float32", [1, 3]);
  const [gx, gw] = gradients(onnx.mul(onnx.mean(onnx.square(onnx.linear(x, w))), 4), [x, w]);
  graph.output("gx", gx);
  graph.output("gw", gw);
  const batch = normal([4, 3]);
  const found = await compute(graph, { x: batch });
  const y = [0, 1, 2, 3].map((i) => [1, 2, 3].reduce((total, v, j) => total + v * batch.data[i * 3 + j], 0));
  y.forEach((v, i) => assertAlmostEquals(found.gx.data[i * 3 + 1], 2 * v * 2, 1e-4));
  const expected = y.reduce((total, v, i) => total + 2 * v * batch.data[i * 3], 0);
  assertAlmostEquals(found.gw.data[0], expected, 1e-4);
});

Deno.test("gradients: with a symbolic batch, of sums, means and a product over three axes", async () => {
  const build = (graph: Graph, batch: number | string) => {
    const x = graph.input("x", "float32", [batch, 2, 3]);
    const w = graph.input("w", "float32", [4, 3]);
    const y = onnx.mean(onnx.gelu(onnx.linear(x, w)), { axes: [0, 2] });
    const z = onnx.sum(onnx.rmsNorm(x, graph.constant([1, 2, 3])), { axes: [0], keepDims: true });
    const unused = graph.input("unused", "float32", [batch, 2]);
    const loss = onnx.add(sum(onnx.square(y)), onnx.mean(z));
    gradients(loss, [x, w, unused]).forEach((g, i) => graph.output(`g${i}`, g));
  };
  const [symbolic, known] = [new Graph(), new Graph()];
  build(symbolic, "batch");
  build(known, 5);
  const feeds = { x: normal([5, 2, 3]), w: normal([4, 3], 1), unused: normal([5, 2], 2) };
  const [actual, expected] = [await compute(symbolic, feeds), await compute(known, feeds)];
  for (const [name, { data, shape }] of Object.entries(expected)) {
    assertEquals(actual[name].shape, shape);
    data.forEach((v, i) => assertAlmostEquals(actual[name].data[i], v, 1e-6, name));
  }
  assertEquals(actual.g2.shape, [5, 2]);
});

Deno.test("gradients: what needs to know a symbolic size says so", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", ["batch", 1, 4, 4]);
  const w = graph.input("w", "float32", [2, 1, 3, 3]);
  const y = onnx.conv2d(x, w);
  const error = assertThrows(() => gradients(sum(y), [w]), GraphError);
  assertStringIncludes(error.message, "[batch,");
});
