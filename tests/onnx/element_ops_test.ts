/** Reductions, running sums, powers, logic, picking and placing, einsum: values by PyTorch, gradients against differences. */
import { assertEquals, assertThrows } from "@std/assert";
import { gradients, Graph, GraphError, openSession, sum, type Value } from "../../lib/onnx/mod.ts";
import * as ops from "../../lib/onnx/ops/mod.ts";
import { map, type Tensor } from "../../lib/tensor.ts";
import { assertNear, assertValues, compute, scattered } from "./compute.ts";
import {
  awayFromZero,
  distinct,
  type GradientCase,
  normal,
  positive,
  testGradients,
} from "./finite_differences.ts";
import { readOperatorValues } from "./operator_values.ts";

const { elements: expected } = await readOperatorValues();

const list = (...values: number[]): Tensor => ({ data: Float32Array.from(values), shape: [values.length] });
const integers = (x: Value, values: number[], shape: number[]) => x.graph.constant(values, "int64", shape);
const real = (x: Value) => ops.cast(x, "float32");

const values: Readonly<Record<string, (x: Value) => Value>> = {
  "softplus": (x) => ops.softplus(ops.mul(x, 3)),
  "mish": (x) => ops.mish(ops.mul(x, 3)),
  "leakyRelu": (x) => ops.leakyRelu(x, 0.2),
  "cumsum 1": (x) => ops.cumsum(x, 1),
  "variance [0, 2]": (x) => ops.variance(x, { axes: [0, 2] }),
  "variance all, 0": (x) => ops.variance(x, { correction: 0 }),
  "prod 2": (x) => ops.prod(x, { axes: [2] }),
  "amax [0, 1]": (x) => ops.amax(x, { axes: [0, 1] }),
  "amin 2": (x) => ops.amin(x, { axes: [-1] }),
  "argMax 1": (x) => real(ops.argMax(x, { axis: 1 })),
  "argMin": (x) => real(ops.argMin(x)),
  "topK values": (x) => ops.topK(x, 2, { axis: 1 }).values,
  "topK indices": (x) => real(ops.topK(x, 2, { axis: 1 }).indices),
  "smallest values": (x) => ops.topK(x, 3, { largest: false }).values,
  "smallest indices": (x) => real(ops.topK(x, 3, { largest: false }).indices),
  "clamp": (x) => ops.clamp(x, { min: -0.5, max: 0.25 }),
  "pow 3": (x) => ops.pow(x, 3),
  "pow": (x) =>
    ops.pow(ops.abs(x), x.graph.constant(Array.from(scattered([2, 1, 4]).data), "float32", [2, 1, 4])),
  "takeAlong 1": (x) => ops.takeAlong(x, integers(x, [2, 0, 1, 1, 0, 0, 2, 1], [2, 1, 4]), 1),
  "scatter 1": (x) => {
    const nine = x.graph.constant(Array(8).fill(9), "float32", [2, 1, 4]);
    return ops.scatter(x, integers(x, [2, 0, 1, 1, 0, 0, 2, 1], [2, 1, 4]), nine, 1);
  },
  "scatterAdd 1": (x) => {
    const updates = x.graph.constant(Array.from(scattered([2, 2, 4]).data), "float32", [2, 2, 4]);
    const at = integers(x, [2, 0, 1, 1, 2, 0, 1, 0, 0, 0, 2, 1, 1, 0, 2, 1], [2, 2, 4]);
    return ops.scatterAdd(x, at, updates, 1);
  },
  "gather 2": (x) => ops.gather(x, integers(x, [3, 0, 0], [3]), 2),
};
for (const [name, build] of Object.entries(values)) {
  Deno.test(`forward: ${name}, as PyTorch has it`, async () => {
    assertValues(await compute([scattered([2, 3, 4])], build), expected[name]);
  });
}

const matrix = (rows: number[][]): Tensor => ({
  ...list(...rows.flat()),
  shape: [rows.length, rows[0].length],
});
const corners: Readonly<Record<string, [Tensor, (x: Value) => Value]>> = {
  "prod among zeros": [matrix([[0, 2, 3], [0, 0, 4], [5, -1, 2]]), (x) => ops.prod(x, { axes: [1] })],
  "amax of equals": [matrix([[1, 2, 2, 2], [3, 3, 0, 3]]), (x) => ops.amax(x, { axes: [1] })],
  "clamp at its bounds": [list(1, 2, 2.5, 3, 4), (x) => ops.clamp(x, { min: 2, max: 3 })],
  "pow 0": [list(0, 1, 2), (x) => ops.pow(x, x.graph.constant([0, 0, 0]))],
  "pow 2 at zero": [list(0, -1, 2), (x) => ops.pow(x, 2)],
  "the exponent": [list(2, 2, 3), (x) => ops.pow(x.graph.constant([0, 1, 2]), x)],
  "softplus": [list(-30, -1, 0, 1, 30), ops.softplus],
};
for (const [name, [x, build]] of Object.entries(corners)) {
  Deno.test(`gradient of ${name}, as PyTorch has it`, async () => {
    const found = await compute([x], (value) => gradients(sum(build(value)), [value])[0]);
    assertValues(found, expected[`gradient of ${name}`]);
  });
}

const products: Readonly<Record<string, Tensor[]>> = {
  "bij,bjk->bik": [scattered([2, 3, 4]), scattered([2, 4, 5])],
  "bij,bjk->ki": [scattered([2, 3, 4]), scattered([2, 4, 5])],
  "bij,bjk,kl->bl": [scattered([2, 3, 4]), scattered([2, 4, 5]), scattered([5, 3])],
  "ijk->kj": [scattered([2, 3, 4])],
  "bij,bij->b": [scattered([2, 3, 4]), scattered([2, 3, 4])],
  "i,j->ij": [scattered([3]), scattered([2])],
  "bij,bjk->": [scattered([2, 3, 4]), scattered([2, 4, 5])],
  "bij,bkj->bijk": [scattered([2, 3, 4]), scattered([2, 2, 4])],
};
for (const [equation, inputs] of Object.entries(products)) {
  Deno.test(`forward: einsum ${equation}, as PyTorch has it`, async () => {
    const found = await compute(inputs, (...values) => ops.einsum(equation, ...values));
    assertValues(found, expected[`einsum ${equation}`]);
  });
}

testGradients([
  ...Object.entries(products).map(([equation, inputs]): GradientCase => ({
    name: `einsum ${equation}`,
    inputs: inputs.map(({ shape }) => shape),
    build: (...values) => ops.einsum(equation, ...values),
    linear: true,
  })),
  ...[{}, { exclusive: true }, { reverse: true }, { exclusive: true, reverse: true }].flatMap((options) =>
    [0, -1].map((axis): GradientCase => ({
      name: `cumsum ${axis} ${JSON.stringify(options)}`,
      inputs: [[3, 4]],
      build: (x) => ops.cumsum(x, axis, options),
      linear: true,
    }))
  ),
  ...[undefined, [0], [1, 2]].flatMap((axes) =>
    [false, true].flatMap((keepDims): GradientCase[] => [
      {
        name: `prod over ${axes}, kept: ${keepDims}`,
        inputs: [map(awayFromZero([2, 3, 2]), (v) => v / 2)],
        build: (x) => ops.prod(x, { axes, keepDims }),
      },
      {
        name: `variance over ${axes}, kept: ${keepDims}`,
        inputs: [[2, 3, 2]],
        build: (x) => ops.variance(x, { axes, keepDims }),
      },
      {
        name: `amax and amin over ${axes}, kept: ${keepDims}`,
        inputs: [distinct([2, 3, 2])],
        build: (x) => [ops.amax(x, { axes, keepDims }), ops.amin(x, { axes, keepDims })],
        step: 0.02,
      },
    ])
  ),
  { name: "softplus", inputs: [[4, 5]], build: ops.softplus },
  { name: "mish", inputs: [[4, 5]], build: ops.mish },
  { name: "leakyRelu", inputs: [awayFromZero([4, 5])], build: (x) => ops.leakyRelu(x), step: 0.01 },
  {
    name: "clamp",
    inputs: [distinct([3, 4])],
    build: (x) => ops.clamp(x, { min: -0.6, max: 0.6 }),
    step: 0.01,
  },
  {
    name: "clamp above alone",
    inputs: [distinct([3, 4])],
    build: (x) => ops.clamp(x, { max: 0.1 }),
    step: 0.01,
  },
  {
    name: "clamp below alone",
    inputs: [distinct([3, 4])],
    build: (x) => ops.clamp(x, { min: 0.1 }),
    step: 0.01,
  },
  { name: "pow, broadcast", inputs: [positive([2, 3]), [3]], build: (x, y) => ops.pow(x, y) },
  { name: "pow of a number", inputs: [[2, 3]], build: (x) => ops.pow(1.5, x) },
  { name: "pow 3 of either sign", inputs: [[2, 3]], build: (x) => ops.pow(x, 3) },
  { name: "pow -0.5", inputs: [positive([2, 3])], build: (x) => ops.pow(x, -0.5) },
  {
    name: "topK",
    inputs: [distinct([2, 5, 3])],
    build: (x) => ops.topK(x, 3, { axis: 1 }).values,
    step: 0.02,
  },
  {
    name: "the smallest",
    inputs: [distinct([2, 5])],
    build: (x) => ops.topK(x, 2, { largest: false }).values,
    step: 0.02,
  },
  { name: "stack in front", inputs: [[2, 3], [2, 3]], build: (x, y) => ops.stack([x, y]), linear: true },
  { name: "stack behind", inputs: [[2, 3], [2, 3]], build: (x, y) => ops.stack([x, y, x], -1), linear: true },
  { name: "stack of scalars", inputs: [[], []], build: (x, y) => ops.stack([x, y]), linear: true },
  ...[0, 1, 2, -1].map((axis): GradientCase => ({
    name: `gather on axis ${axis}, some twice`,
    inputs: [[3, 4, 3]],
    build: (x) => ops.gather(x, integers(x, [2, 0, 2, 1, 0, 2], [2, 3]), axis),
    linear: true,
  })),
  {
    name: "gather by one index",
    inputs: [[3, 4]],
    build: (x) => ops.gather(x, integers(x, [2], []), 1),
    linear: true,
  },
  {
    name: "takeAlong, some twice",
    inputs: [[3, 4]],
    build: (x) => ops.takeAlong(x, integers(x, [1, 1, 3, 0, 0, 2], [2, 3]), 1),
    linear: true,
  },
  {
    name: "scatter",
    inputs: [[3, 4], [2, 4]],
    build: (x, y) => ops.scatter(x, integers(x, [1, 0, 2, 0, 0, 2, 1, 2], [2, 4]), y, 0),
    linear: true,
  },
  {
    name: "scatterAdd, some twice",
    inputs: [[3, 4], [2, 4]],
    build: (x, y) => ops.scatterAdd(x, integers(x, [1, 1, 2, 0, 1, 2, 2, 0], [2, 4]), y, 0),
    linear: true,
  },
  {
    name: "the gradient of a product's gradient",
    inputs: [awayFromZero([2, 3])],
    build: (x) => gradients(sum(ops.prod(x, { axes: [1] })), [x])[0],
  },
]);

Deno.test("forward: comparisons and logic, with broadcasting", async () => {
  const [a, b] = [list(1, 2, 3, NaN), list(2, 2, 2, 2)];
  const truth = async (build: (a: Value, b: Value) => Value) =>
    Array.from((await compute([a, b], (a, b) => real(build(a, b)))).data);
  assertEquals(await truth(ops.less), [1, 0, 0, 0]);
  assertEquals(await truth(ops.lessOrEqual), [1, 1, 0, 0]);
  assertEquals(await truth(ops.greaterOrEqual), [0, 1, 1, 0]);
  assertEquals(await truth(ops.notEqual), [1, 0, 1, 1]);
  assertEquals(await truth((a, b) => ops.logicalAnd(ops.less(a, 3), ops.equal(a, b))), [0, 1, 0, 0]);
  assertEquals(await truth((a, b) => ops.logicalOr(ops.less(a, 2), ops.equal(a, b))), [1, 1, 0, 0]);
  assertEquals(await truth((a) => ops.logicalXor(ops.less(a, 3), ops.less(1, a))), [1, 0, 1, 0]);
  assertEquals(await truth((a) => ops.logicalNot(ops.less(a, 3))), [0, 0, 1, 1]);
  const table = await compute([{ ...a, shape: [4, 1] }, list(1, 2)], (a, b) => real(ops.less(a, b)));
  assertEquals([table.shape, Array.from(table.data)], [[4, 2], [0, 1, 0, 0, 0, 0, 0, 0]]);
});

Deno.test("forward: softplus and mish at the ends of float32", async () => {
  const x = list(-1e30, -100, -5, 0, 25, 100, 1e30);
  const f = (v: number) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
  assertNear(await compute([x], ops.softplus), map(x, f));
  const wanted = map(x, (v) => v < -1e3 ? 0 : v * Math.tanh(f(v)));
  assertNear(await compute([x], ops.mish), wanted);
  const slope = await compute([x], (value) => gradients(sum(ops.mish(value)), [value])[0]);
  assertEquals(Array.from(slope.data).every(Number.isFinite), true);
  assertEquals([slope.data[0], slope.data[6]], [0, 1]);
});

Deno.test("forward: argMax keeps its axis where that is asked for, and takes the first of equals", async () => {
  const x: Tensor = { data: Float32Array.of(1, 3, 3, 2, 2, 0), shape: [2, 3] };
  const kept = await compute([x], (x) => real(ops.argMax(x, { keepDims: true })));
  assertEquals([kept.shape, Array.from(kept.data)], [[2, 1], [1, 0]]);
});

Deno.test("einsum carries symbolic sizes", async () => {
  const graph = new Graph();
  const q = graph.input("q", "float32", ["batch", 2, 3, 4]);
  const k = graph.input("k", "float32", ["batch", 2, 5, 4]);
  const y = ops.einsum("bhqd,bhkd->bhqk", q, k);
  assertEquals(y.shape, ["batch", 2, 3, 5]);
  graph.output("y", y);
  graph.output("same", ops.matmul(q, k, { transposeB: true }));
  await using session = await openSession(graph, { threads: 1 });
  const found = await session.run({ q: normal([6, 2, 3, 4], 1), k: normal([6, 2, 5, 4], 2) });
  assertNear(found.y as Tensor, found.same as Tensor, 1e-6);
});

Deno.test("operators whose operands do not fit are refused, with the argument named", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2, 3]);
  const wide = graph.input("wide", "float32", [2, 4]);
  const indices = graph.input("indices", "int64", [2, 3]);
  const cases: [() => unknown, string][] = [
    [() => ops.logicalAnd(x, x), "type float32 where bool is expected"],
    [() => ops.logicalNot(x), "type float32 where bool is expected"],
    [() => ops.clamp(x, {}), "min, max: undefined, undefined where at least one number"],
    [() => ops.clamp(x, { min: 2, max: 1 }), "min, max: 2, 1 where"],
    [() => ops.cumsum(x, 2), "axis: 2 where -2..1"],
    [() => ops.topK(x, 4), "k: 4 where a whole number from 1 to 3 is expected"],
    [() => ops.topK(x, 1, { sorted: true } as object), 'options: "sorted" where one of axis, largest'],
    [() => ops.argMax(x, { axis: 5 }), "axis: 5 where"],
    [
      () => ops.variance(x, { axes: [1], correction: 3 }),
      "correction: 3 where a number from 0 to below the count 3",
    ],
    [() => ops.stack([x, wide]), "shape [1,2,4] does not join [1,2,3] on axis 0"],
    [() => ops.stack([x], 3), "axis: 3 where -3..2 is expected"],
    [() => ops.gather(x, x, 1), "indices: type float32 where int64"],
    [
      () => ops.takeAlong(wide, graph.input("many", "int64", [3, 4]), 1),
      "indices: int64 [3,4] where int64 within [2,4]",
    ],
    [() => ops.scatter(x, indices, wide, 0), "updates: shape [2,4] where [2,3] is expected"],
    [() => ops.einsum("ij,jk", x, x), 'equation: "ij,jk" where 2 lists of letters and "->" are expected'],
    [() => ops.einsum("ii->i", x), 'equation: "ii->i" where a letter once in each list'],
    [() => ops.einsum("ijk->i", x), 'equation: "ijk" of "ijk->i" where 2 letters'],
    [() => ops.einsum("ij,ij->i", x, wide), 'values: "j" of "ij,ij->i" is 3 and 4 where one size'],
    [() => ops.einsum("ij->k", x), 'equation: "k" behind the arrow'],
  ];
  for (const [build, message] of cases) assertThrows(build, GraphError, message);
});
