/** What operators compute, against loops written out and known values. */
import { assertEquals, assertLess } from "@std/assert";
import { parseSafetensors } from "../../lib/checkpoints/safetensors.ts";
import * as onnx from "../../lib/onnx/mod.ts";
import type { Value } from "../../lib/onnx/mod.ts";
import { sumTo } from "../../lib/onnx/ops/reduce.ts";
import { zerosLike } from "../../lib/onnx/ops/shape.ts";
import { map, type Tensor, type TensorData } from "../../lib/tensor.ts";
import { assertNear, compute, counting } from "./compute.ts";
import { awayFromZero, distinct, normal, positive } from "./finite_differences.ts";
import * as reference from "./references.ts";

const list = (x: Tensor<TensorData>) => Array.from(x.data as Float32Array, Number);

// ---- Element by element ----

const unary: Record<string, [(x: Value) => Value, (x: number) => number, Tensor?]> = {
  neg: [onnx.neg, (x) => -x],
  exp: [onnx.exp, Math.exp],
  log: [onnx.log, Math.log, positive([2, 3])],
  sqrt: [onnx.sqrt, Math.sqrt, positive([2, 3])],
  reciprocal: [onnx.reciprocal, (x) => 1 / x, awayFromZero([2, 3])],
  square: [onnx.square, (x) => x * x],
  erf: [onnx.erf, reference.erf],
  sigmoid: [onnx.sigmoid, (x) => 1 / (1 + Math.exp(-x))],
  tanh: [onnx.tanh, Math.tanh],
  cos: [onnx.cos, Math.cos],
  sin: [onnx.sin, Math.sin],
  abs: [onnx.abs, Math.abs],
  sign: [onnx.sign, Math.sign],
  relu: [onnx.relu, (x) => Math.max(0, x)],
  gelu: [onnx.gelu, (x) => 0.5 * x * (1 + reference.erf(x / Math.SQRT2))],
  geluTanh: [
    onnx.geluTanh,
    (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  ],
  silu: [onnx.silu, (x) => x / (1 + Math.exp(-x))],
};
for (const [name, [op, f, input]] of Object.entries(unary)) {
  Deno.test(`forward: ${name}`, async () => {
    const x = input ?? normal([3, 40], 1);
    assertNear(await compute([x], op), map(x, f));
  });
}

Deno.test("forward: gelu is the exact one, not its tanh approximation", async () => {
  const x: Tensor = { data: Float32Array.of(-3, -2, -1, 1, 2), shape: [5] };
  const y = await compute([x], onnx.gelu);
  // scipy: x * norm.cdf(x)
  const expected = [-0.00404969409, -0.04550026390, -0.15865525393, 0.84134474607, 1.95449973610];
  expected.forEach((v, i) => assertLess(Math.abs(y.data[i] - v), 2e-7));
});

const binary: Record<string, [(a: Value, b: Value) => Value, (a: number, b: number) => number]> = {
  add: [onnx.add, (a, b) => a + b],
  sub: [onnx.sub, (a, b) => a - b],
  mul: [onnx.mul, (a, b) => a * b],
  div: [onnx.div, (a, b) => a / b],
  max: [onnx.max, Math.max],
  min: [onnx.min, Math.min],
  greater: [(a, b) => onnx.cast(onnx.greater(a, b), "float32"), (a, b) => a > b ? 1 : 0],
  equal: [(a, b) => onnx.cast(onnx.equal(a, b), "float32"), (a, b) => a === b ? 1 : 0],
};
for (const [name, [op, f]] of Object.entries(binary)) {
  Deno.test(`forward: ${name}, with broadcasting`, async () => {
    for (
      const [a, b] of [[[2, 3], [2, 3]], [[2, 3], [3]], [[2, 1], [1, 3]], [[], [2]], [[2, 1, 2], [3, 1]]]
    ) {
      const [x, y] = [awayFromZero(a, 2), awayFromZero(b, 3)];
      assertNear(await compute([x, y], op), reference.broadcast(f, x, y));
    }
  });
}

Deno.test("forward: numbers stand for constants on either side", async () => {
  const x = counting([3]);
  assertEquals(list(await compute([x], (x) => onnx.sub(1, x))), [1, 0, -1]);
  assertEquals(list(await compute([x], (x) => onnx.sub(x, 1))), [-1, 0, 1]);
  assertEquals(list(await compute([x], (x) => onnx.div(6, onnx.add(x, 1)))), [6, 3, 2]);
});

Deno.test("forward: where, over three shapes", async () => {
  const [c, a, b] = [awayFromZero([2, 1, 1], 1), normal([3, 1], 2), normal([4], 3)];
  const y = await compute([c, a, b], (c, a, b) => onnx.where(onnx.greater(c, 0), a, b));
  assertNear(y, reference.broadcast((c, a, b) => c > 0 ? a : b, c, a, b));
});

Deno.test("forward: cast rounds towards zero and makes truth of what is not zero", async () => {
  const x: Tensor = { data: Float32Array.of(-1.7, 0, 0.4, 2.9), shape: [4] };
  const through = (dtype: onnx.DType) => compute([x], (x) => onnx.cast(onnx.cast(x, dtype), "float32"));
  assertEquals(list(await through("int64")), [-1, 0, 0, 2]);
  assertEquals(list(await through("int32")), [-1, 0, 0, 2]);
  assertEquals(list(await through("bool")), [1, 0, 1, 1]);
  assertEquals(list(await through("float64")), list(x));
  assertEquals(list(await through("float16")), [-1.7001953125, 0, 0.39990234375, 2.900390625]);
  assertEquals(list(await through("bfloat16")), [-1.703125, 0, 0.400390625, 2.90625]);
});

// ---- Along axes ----

Deno.test("forward: softmax and logSoftmax over every axis", async () => {
  for (const axis of [0, 1, 2, -1, -2]) {
    const x = map(normal([2, 3, 4], 1), (v) => 5 * v);
    const expected = reference.softmax(x, (axis + 3) % 3);
    assertNear(await compute([x], (x) => onnx.softmax(x, axis)), expected);
    assertNear(await compute([x], (x) => onnx.logSoftmax(x, axis)), map(expected, Math.log), 1e-5);
  }
});

Deno.test("forward: softmax of large numbers does not overflow", async () => {
  const x: Tensor = { data: Float32Array.of(1000, 1000, -1000), shape: [3] };
  assertEquals(list(await compute([x], (x) => onnx.softmax(x))), [0.5, 0.5, 0]);
  assertNear(await compute([x], (x) => onnx.logSoftmax(x)), {
    data: Float32Array.of(-Math.LN2, -Math.LN2, -2000 - Math.LN2),
    shape: [3],
  });
});

Deno.test("forward: sum and mean", async () => {
  const x = normal([2, 3, 4], 1);
  const total = (values: number[]) => values.reduce((a, b) => a + b, 0);
  for (const axes of [[0], [1], [2], [0, 2], [0, 1, 2]]) {
    const [s, m] = [reference.reduce(x, axes, total), reference.reduce(x, axes, reference.average)];
    assertNear(await compute([x], (x) => onnx.sum(x, { axes })), s);
    assertNear(await compute([x], (x) => onnx.mean(x, { axes: axes.map((axis) => axis - 3) })), m);
    const kept = x.shape.map((n, axis) => axes.includes(axis) ? 1 : n);
    assertNear(await compute([x], (x) => onnx.sum(x, { axes, keepDims: true })), { ...s, shape: kept });
  }
  assertNear(await compute([x], (x) => onnx.sum(x)), reference.reduce(x, [0, 1, 2], total));
  assertNear(await compute([x], (x) => onnx.sum(x, { axes: [] })), x);
});

Deno.test("forward: broadcastTo and sumTo", async () => {
  const x = normal([3, 1], 1);
  const wide = reference.broadcast((v) => v, x, normal([2, 3, 4]));
  assertNear(await compute([x], (x) => onnx.broadcastTo(x, [2, 3, 4])), wide);
  assertNear(await compute([wide], (x) => sumTo(x, [3, 1])), map(x, (v) => 8 * v));
});

// ---- Moving elements ----

const moves: [string, number[], (x: Value) => Value, shape: number[], expected: number[]][] = [
  ["reshape", [2, 3], (x) => onnx.reshape(x, [3, -1]), [3, 2], [0, 1, 2, 3, 4, 5]],
  ["transpose", [2, 3], (x) => onnx.transpose(x), [3, 2], [0, 3, 1, 4, 2, 5]],
  [
    "transpose with an order",
    [2, 1, 3],
    (x) => onnx.transpose(x, [1, 2, 0]),
    [1, 3, 2],
    [0, 3, 1, 4, 2, 5],
  ],
  ["concat", [2, 2], (x) => onnx.concat([x, onnx.neg(x)], -1), [2, 4], [0, 1, -0, -1, 2, 3, -2, -3]],
  ["split", [2, 3], (x) => onnx.split(x, [1, 2], 1)[1], [2, 2], [1, 2, 4, 5]],
  ["slice", [6], (x) => onnx.slice(x, 0, { start: 1, end: 4 }), [3], [1, 2, 3]],
  ["slice with a step", [2, 5], (x) => onnx.slice(x, -1, { start: 1, end: 5, step: 3 }), [2, 2], [
    1,
    4,
    6,
    9,
  ]],
  ["pad", [1, 2], (x) => onnx.pad(x, [[1, 0], [0, 2]]), [2, 4], [0, 0, 0, 0, 0, 1, 0, 0]],
  ["shift", [4], (x) => onnx.shift(x, 0, 1), [4], [0, 0, 1, 2]],
  ["shift back", [2, 3], (x) => onnx.shift(x, 1, -2), [2, 3], [2, 0, 0, 5, 0, 0]],
  ["flip", [2, 3], (x) => onnx.flip(x, [1]), [2, 3], [2, 1, 0, 5, 4, 3]],
  ["flip both axes", [2, 3], (x) => onnx.flip(x, [0, -1]), [2, 3], [5, 4, 3, 2, 1, 0]],
  ["zerosLike", [2, 2], (x) => zerosLike(x), [2, 2], [0, 0, 0, 0]],
];
for (const [name, shape, build, expectedShape, expected] of moves) {
  Deno.test(`forward: ${name}`, async () => {
    const y = await compute([counting(shape)], build);
    assertEquals(y.shape, expectedShape);
    assertEquals(list(y), expected);
  });
}

Deno.test("forward: gather and pick", async () => {
  const index = (x: Value, values: number[], shape?: number[]) => x.graph.constant(values, "int64", shape);
  const rows = await compute([counting([3, 2])], (x) => onnx.gather(x, index(x, [2, 0, 2, 1], [2, 2])));
  assertEquals([rows.shape, list(rows)], [[2, 2, 2], [4, 5, 0, 1, 4, 5, 2, 3]]);
  const picked = await compute([counting([3, 4])], (x) => onnx.pick(x, index(x, [3, 0, 1])));
  assertEquals([picked.shape, list(picked)], [[3], [3, 4, 9]]);
});

// ---- Products ----

Deno.test("forward: matmul, plain, turned, batched and scaled", async () => {
  const [a, b] = [normal([2, 3, 4], 1), normal([2, 4, 5], 2)];
  const expected = reference.matmul(a, b);
  const turn = (x: Value) => onnx.transpose(x, [0, 2, 1]);
  assertNear(await compute([a, b], (a, b) => onnx.matmul(a, b)), expected);
  assertNear(await compute([a, b], (a, b) => onnx.matmul(turn(a), b, { transposeA: true })), expected);
  assertNear(await compute([a, b], (a, b) => onnx.matmul(a, turn(b), { transposeB: true })), expected);
  const both = { transposeA: true, transposeB: true, scale: 0.25 };
  assertNear(
    await compute([a, b], (a, b) => onnx.matmul(turn(a), turn(b), both)),
    map(expected, (v) => v / 4),
  );
});

Deno.test("forward: matmul broadcasts the axes in front", async () => {
  const [a, b] = [normal([2, 1, 3, 4], 1), normal([3, 4, 2], 2)];
  const repeat = (x: Tensor, shape: number[]) => reference.broadcast((v) => v, x, normal(shape));
  const expected = reference.matmul(
    repeat(a, [2, 3, 3, 4]),
    repeat({ ...b, shape: [1, 3, 4, 2] }, [2, 3, 4, 2]),
  );
  assertNear(await compute([a, b], (a, b) => onnx.matmul(a, b)), expected);
});

Deno.test("forward: linear, of two and of three axes", async () => {
  const [w, b] = [normal([5, 4], 1), normal([5], 2)];
  const wT = reference.generate([4, 5], ([i, j]) => w.data[j * 4 + i]);
  const x = normal([6, 4], 3);
  const expected = reference.broadcast((a, b) => a + b, reference.matmul(x, wT), b);
  assertNear(await compute([x, w, b], onnx.linear), expected);
  assertNear(
    await compute([{ ...x, shape: [2, 3, 4] }, w, b], onnx.linear),
    { ...expected, shape: [2, 3, 5] },
  );
  assertNear(await compute([x, w], (x, w) => onnx.linear(x, w)), reference.matmul(x, wT));
});

// ---- Pictures ----

type Pair = [number, number];
const convolutions: [x: number[], w: number[], stride: Pair, padding: Pair][] = [
  [[2, 3, 5, 6], [4, 3, 1, 1], [1, 1], [0, 0]],
  [[2, 3, 5, 6], [4, 3, 3, 3], [1, 1], [1, 1]],
  [[2, 2, 7, 6], [3, 2, 3, 3], [2, 2], [1, 1]],
  [[1, 2, 8, 9], [3, 2, 4, 4], [2, 2], [1, 1]],
  [[1, 2, 8, 9], [2, 2, 5, 3], [3, 1], [2, 0]],
  [[1, 2, 4, 4], [2, 2, 2, 2], [1, 2], [0, 1]],
  [[1, 1, 9, 14], [2, 1, 7, 7], [7, 7], [0, 0]],
  [[2, 16, 5, 5], [16, 16, 3, 3], [1, 1], [1, 1]],
];
for (const [xShape, wShape, stride, padding] of convolutions) {
  Deno.test(`forward: conv2d [${xShape}] * [${wShape}], stride ${stride}, padding ${padding}`, async () => {
    const [x, w, b] = [normal(xShape, 1), normal(wShape, 2), normal([wShape[0]], 3)];
    const y = await compute([x, w, b], (x, w, b) => onnx.conv2d(x, w, b, { stride, padding }));
    assertNear(y, reference.conv2d(x, w, b, stride, padding), 1e-5);
  });
}

const transposed: [x: number[], w: number[], stride: Pair, padding: Pair, outputPadding: Pair][] = [
  [[2, 3, 4, 5], [3, 2, 3, 3], [1, 1], [1, 1], [0, 0]],
  [[2, 3, 4, 5], [3, 2, 3, 3], [2, 2], [1, 1], [1, 1]],
  [[2, 3, 4, 5], [3, 2, 2, 2], [2, 2], [0, 0], [0, 0]],
  [[1, 3, 3, 4], [3, 2, 4, 4], [2, 2], [1, 1], [0, 0]],
  [[2, 3, 1, 1], [3, 4, 7, 7], [7, 7], [0, 0], [0, 0]],
  [[1, 2, 3, 4], [2, 3, 3, 2], [3, 2], [1, 0], [2, 1]],
  [[1, 2, 3, 4], [2, 3, 2, 5], [1, 2], [0, 2], [0, 1]],
];
for (const [xShape, wShape, stride, padding, outputPadding] of transposed) {
  const name = `[${xShape}] * [${wShape}], stride ${stride}, padding ${padding} + ${outputPadding}`;
  Deno.test(`forward: convTranspose2d ${name}`, async () => {
    const [x, w, b] = [normal(xShape, 1), normal(wShape, 2), normal([wShape[1]], 3)];
    const options = { stride, padding, outputPadding };
    const y = await compute([x, w, b], (x, w, b) => onnx.convTranspose2d(x, w, b, options));
    assertNear(y, reference.convTranspose2d(x, w, b, stride, padding, outputPadding), 1e-5);
  });
}

Deno.test("forward: one number for stride, padding and output padding means both axes", async () => {
  const [x, w] = [normal([1, 2, 5, 5], 1), normal([2, 2, 3, 3], 2)];
  const pairs = await compute([x, w], (x, w) => {
    const y = onnx.conv2d(x, w, undefined, { stride: [2, 2], padding: [1, 1] });
    return onnx.convTranspose2d(y, w, undefined, { stride: [2, 2], padding: [1, 1], outputPadding: [1, 1] });
  });
  const numbers = await compute([x, w], (x, w) => {
    const y = onnx.conv2d(x, w, undefined, { stride: 2, padding: 1 });
    return onnx.convTranspose2d(y, w, undefined, { stride: 2, padding: 1, outputPadding: 1 });
  });
  assertEquals(numbers, pairs);
});

Deno.test("forward: averagePool2d and maxPool2d", async () => {
  const x = distinct([2, 3, 6, 12]);
  for (const size of [1, 2, 3, 6]) {
    const averaged = await compute([x], (x) => onnx.averagePool2d(x, size));
    assertNear(averaged, reference.pool2d(x, size, reference.average));
    const largest = await compute([x], (x) => onnx.maxPool2d(x, size));
    assertNear(largest, reference.pool2d(x, size, (values) => Math.max(...values)));
  }
});

Deno.test("forward: upsampleNearest2d", async () => {
  const x = normal([2, 3, 2, 3], 1);
  for (const factor of [1, 2, 3]) {
    const expected = reference.generate([2, 3, 2 * factor, 3 * factor], ([n, c, y, z]) => {
      return x.data[((n * 3 + c) * 2 + Math.floor(y / factor)) * 3 + Math.floor(z / factor)];
    });
    assertEquals(await compute([x], (x) => onnx.upsampleNearest2d(x, factor)), expected);
  }
});

Deno.test("forward: resizeBilinear, larger and smaller, both ways to lay the grids", async () => {
  const x = normal([2, 2, 5, 4], 1);
  for (const [height, width] of [[10, 8], [7, 3], [2, 9], [1, 1], [5, 4]]) {
    for (const alignCorners of [false, true]) {
      const y = await compute([x], (x) => onnx.resizeBilinear(x, height, width, { alignCorners }));
      assertNear(y, reference.resizeBilinear(x, height, width, alignCorners));
    }
  }
});

Deno.test("forward: resizeBilinear agrees with PyTorch's, corners aligned", async () => {
  const url = new URL("../fixtures/bilinear_ac.safetensors", import.meta.url);
  const file = parseSafetensors(await Deno.readFile(url), "bilinear_ac");
  const [x, expected] = [file.read("x"), file.read("up")];
  const [, , height, width] = expected.shape;
  const y = await compute([x], (x) => onnx.resizeBilinear(x, height, width, { alignCorners: true }));
  assertNear(y, expected);
});

// ---- Normalisation ----

Deno.test("forward: batchNormTraining and its statistics", async () => {
  const [x, w, b] = [map(normal([4, 3, 2, 5], 1), (v) => 2 * v + 3), normal([3], 2), normal([3], 3)];
  const over = [0, 2, 3];
  for (const epsilon of [1e-5, 0.5]) {
    const y = await compute([x, w, b], (x, w, b) => onnx.batchNormTraining(x, w, b, epsilon).y);
    const channels = reference.standardize(x, ([, c]) => String(c), epsilon);
    assertNear(y, reference.affine(channels, w, b), 1e-5);
  }
  const mean = await compute([x, w, b], (x, w, b) => onnx.batchNormTraining(x, w, b).mean);
  const variance = await compute([x, w, b], (x, w, b) => onnx.batchNormTraining(x, w, b).variance);
  assertNear(mean, reference.reduce(x, over, reference.average));
  assertNear(variance, reference.reduce(x, over, reference.variance), 1e-5);
});

Deno.test("forward: the statistics of several batchNormTraining do not mix", async () => {
  const x = normal([4, 4, 3, 3], 1);
  const one = normal([4], 2);
  // Equal parameters and nodes alike: what the runtime's optimiser may merge.
  const variances = await compute([x, one], (x, one) => {
    const layers = [x, onnx.mul(x, 2), onnx.mul(x, 3)].map((y) => onnx.batchNormTraining(y, one, one));
    return onnx.concat(layers.flatMap(({ mean, variance }) => [mean, variance]), 0);
  });
  const [mean, variance] = [reference.average, reference.variance].map((f) => {
    return list(reference.reduce(x, [0, 2, 3], f));
  });
  const expected = [1, 2, 3].flatMap((k) => [...mean.map((v) => k * v), ...variance.map((v) => k * k * v)]);
  assertNear(variances, { data: Float32Array.from(expected), shape: [24] }, 1e-5);
});

Deno.test("forward: batchNorm by given statistics", async () => {
  const [x, w, b, m] = [normal([2, 3, 2, 4], 1), normal([3], 2), normal([3], 3), normal([3], 4)];
  const v = positive([3], 5);
  const y = await compute([x, w, b, m, v], (x, w, b, m, v) => onnx.batchNorm(x, w, b, m, v, 0.1));
  const expected = reference.generate(x.shape, ([n, c, i, j]) => {
    const centred = x.data[((n * 3 + c) * 2 + i) * 4 + j] - m.data[c];
    return centred / Math.sqrt(v.data[c] + 0.1) * w.data[c] + b.data[c];
  });
  assertNear(y, expected);
});

Deno.test("forward: layerNorm", async () => {
  const [x, w, b] = [map(normal([2, 3, 7], 1), (v) => 2 * v + 5), normal([7], 2), normal([7], 3)];
  for (const epsilon of [1e-5, 0.5]) {
    const rows = reference.standardize(x, ([i, j]) => `${i},${j}`, epsilon);
    const y = await compute([x, w, b], (x, w, b) => onnx.layerNorm(x, w, b, epsilon));
    assertNear(y, reference.affine(rows, w, b, 2), 1e-5);
  }
});

Deno.test("forward: groupNorm over pictures and over sequences", async () => {
  for (
    const [shape, groups] of [[[2, 6, 3, 4], 3], [[2, 6, 5], 2], [[2, 6, 2, 2], 6], [
      [2, 6, 2, 2],
      1,
    ]] as const
  ) {
    const [x, w, b] = [map(normal(shape, 1), (v) => 2 * v + 1), normal([6], 2), normal([6], 3)];
    const size = 6 / groups;
    const grouped = reference.standardize(x, ([n, c]) => `${n},${Math.floor(c / size)}`, 1e-5);
    const y = await compute([x, w, b], (x, w, b) => onnx.groupNorm(x, groups, w, b));
    assertNear(y, reference.affine(grouped, w, b), 1e-5);
  }
});

Deno.test("forward: groupNorm with a weight and a bias for each picture", async () => {
  const [x, w, b] = [normal([2, 6, 3, 4], 1), normal([2, 6], 2), normal([2, 6], 3)];
  const grouped = reference.standardize(x, ([n, c]) => `${n},${Math.floor(c / 2)}`, 1e-5);
  const expected = reference.generate(x.shape, ([n, c, i, j]) => {
    return grouped.data[((n * 6 + c) * 3 + i) * 4 + j] * w.data[n * 6 + c] + b.data[n * 6 + c];
  });
  assertNear(await compute([x, w, b], (x, w, b) => onnx.groupNorm(x, 3, w, b)), expected, 1e-5);
});

Deno.test("forward: rmsNorm", async () => {
  const [x, w] = [normal([2, 3, 7], 1), normal([7], 2)];
  for (const epsilon of [1e-6, 0.5]) {
    const expected = reference.generate(x.shape, ([i, j, k]) => {
      const row = list(x).slice((i * 3 + j) * 7, (i * 3 + j + 1) * 7);
      return row[k] / Math.sqrt(reference.average(row.map((v) => v * v)) + epsilon) * w.data[k];
    });
    assertNear(await compute([x, w], (x, w) => onnx.rmsNorm(x, w, epsilon)), expected);
  }
});
