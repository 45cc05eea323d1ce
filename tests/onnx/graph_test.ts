/** Building graphs: what is refused, and what ends up in the model. */
import {
  assert,
  assertEquals,
  assertLess,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import * as onnx from "../../lib/onnx/mod.ts";
import {
  type DType,
  Graph,
  GraphError,
  openSession,
  type Session,
  SessionError,
  type Shape,
  type Value,
} from "../../lib/onnx/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { normal } from "./finite_differences.ts";

async function open(graph: Graph): Promise<Session> {
  return await openSession(graph, { threads: 1 });
}

async function compute(graph: Graph, inputs: Record<string, Tensor> = {}): Promise<Record<string, Tensor>> {
  await using session = await open(graph);
  return await session.run(inputs);
}

/** The text in the bytes of a model: names of nodes, operators and values are readable in it. */
function text(graph: Graph): string {
  return new TextDecoder("latin1").decode(graph.toBytes());
}

// ---- Wrong uses ----

type Input = [Shape, DType?];
/** What is built, from inputs of which shapes, and which words the error must have. */
const wrongUses: [string, Input[], (...values: Value[]) => unknown, message: string][] = [
  ["Add", [[[2, 3]], [[2, 4]]], (a, b) => onnx.add(a, b), "shapes [2,3] and [2,4] do not broadcast"],
  ["Mul", [[["n", 3]], [["m", 3]]], (a, b) => onnx.mul(a, b), "shapes [n,3] and [m,3] do not broadcast"],
  ["Sub", [[[2]], [[2], "int64"]], (a, b) => onnx.sub(a, b), "types float32 and int64 differ"],
  ["Max", [[[2]], [[3]]], (a, b) => onnx.max(a, b), "shapes [2] and [3] do not broadcast"],
  ["Greater", [[[2]], [[3]]], (a, b) => onnx.greater(a, b), "shapes [2] and [3] do not broadcast"],
  ["Where", [[[2]], [[2]], [[2]]], (c, a, b) => onnx.where(c, a, b), "types float32, float32, float32"],
  ["Where", [[[2], "bool"], [[3]], [[3]]], (c, a, b) => onnx.where(c, a, b), "do not broadcast"],
  [
    "Where",
    [[[2], "bool"], [[2]], [[2], "int64"]],
    (c, a, b) => onnx.where(c, a, b),
    "types bool, float32, int64",
  ],
  ["Softmax", [[[2, 3]]], (x) => onnx.softmax(x, 2), "axis: 2 where -2..1 is expected, for shape [2,3]"],
  ["Softmax", [[[]]], (x) => onnx.softmax(x), "axis: -1"],
  ["LogSoftmax", [[[2, 3]]], (x) => onnx.logSoftmax(x, -3), "axis: -3 where -2..1 is expected"],
  ["ReduceSum", [[[2, 3]]], (x) => onnx.sum(x, { axes: [0, 5] }), "axis: 5 where -2..1 is expected"],
  ["ReduceMean", [[[2, 3]]], (x) => onnx.mean(x, { axes: [0.5] }), "axis: 0.5"],
  ["ReduceMean", [[[2, 3]]], (x) => onnx.mean(x, { axes: [1, -1] }), "axes: [1,-1] name one axis twice"],
  ["Expand", [[[2, 3]]], (x) => onnx.broadcastTo(x, [2, 4]), "shape [2,3] does not broadcast to [2,4]"],
  ["Expand", [[[2, 3]]], (x) => onnx.broadcastTo(x, [3]), "shape [2,3] does not broadcast to [3]"],
  ["Expand", [[[3]]], (x) => onnx.broadcastTo(x, ["batch", 3]), "symbolic sizes that [3] lacks"],
  ["Reshape", [[[2, 3]]], (x) => onnx.reshape(x, [4]), "shape [4] does not fit the elements of [2,3]"],
  ["Reshape", [[[5]]], (x) => onnx.reshape(x, [2, -1]), "shape [2,-1] does not fit the elements of [5]"],
  ["Reshape", [[[4]]], (x) => onnx.reshape(x, [-1, -1]), "shape [-1,-1] does not fit the elements of [4]"],
  ["Reshape", [[["n", 3]]], (x) => onnx.reshape(x, [6]), "shape [6] does not fit the elements of [n,3]"],
  ["Reshape", [[["n", 3]]], (x) => onnx.reshape(x, ["m", 3]), "does not fit the elements of [n,3]"],
  ["Reshape", [[["n", "m"]]], (x) => onnx.reshape(x, ["m", "n"]), "moves more than one symbolic size"],
  [
    "Transpose",
    [[[2, 3]]],
    (x) => onnx.transpose(x, [0]),
    "order: [0] is no permutation of the axes of [2,3]",
  ],
  ["Transpose", [[[2, 3]]], (x) => onnx.transpose(x, [0, 0]), "order: [0,0] is no permutation"],
  [
    "Concat",
    [[[2, 3]], [[2, 4]]],
    (a, b) => onnx.concat([a, b], 0),
    "shape [2,4] does not join [2,3] on axis 0",
  ],
  ["Concat", [[[2, 3]], [[2]]], (a, b) => onnx.concat([a, b], 0), "shape [2] does not join [2,3]"],
  [
    "Concat",
    [[[2]], [[2], "int64"]],
    (a, b) => onnx.concat([a, b], 0),
    "type int64 where float32 is expected",
  ],
  ["Concat", [[["n"]], [["n"]]], (a, b) => onnx.concat([a, b], 0), "axis 0 of [n] is symbolic"],
  ["Split", [[[6]]], (x) => onnx.split(x, [2, 3], 0), "sizes: [2,3] add up to 5, not to axis 0 of [6]"],
  [
    "Split",
    [[[4]]],
    (x) => onnx.split(x, [5, -1], 0),
    "sizes: [5,-1] where whole numbers from 1 are expected",
  ],
  ["Split", [[["n"]]], (x) => onnx.split(x, [1, 1], 0), "axis 0 of [n] is symbolic"],
  ["Slice", [[[4]]], (x) => onnx.slice(x, 0, { start: 2, end: 5 }), "range: 2..5 by 1 where a part of 0..4"],
  ["Slice", [[[4]]], (x) => onnx.slice(x, 0, { start: 2, end: 2 }), "range: 2..2 by 1"],
  ["Slice", [[[4]]], (x) => onnx.slice(x, 0, { start: -1, end: 2 }), "range: -1..2 by 1"],
  ["Slice", [[[4]]], (x) => onnx.slice(x, 0, { start: 0.5, end: 2 }), "range: 0.5..2 by 1"],
  ["Slice", [[[4]]], (x) => onnx.slice(x, 0, { start: 0, end: 4, step: 0 }), "range: 0..4 by 0"],
  ["Slice", [[[4]]], (x) => onnx.slice(x, 1, { start: 0, end: 4 }), "axis: 1 where -1..0 is expected"],
  ["Pad", [[[2, 3]]], (x) => onnx.pad(x, [[1, 1]]), "amounts: [[1,1]] do not fit [2,3]"],
  ["Pad", [[[2]]], (x) => onnx.pad(x, [[-1, 1]]), "amounts: [[-1,1]] do not fit [2]"],
  ["Pad", [[[2]]], (x) => onnx.pad(x, [[1]]), "amounts: [[1]] do not fit [2]"],
  ["Pad", [[["n"]]], (x) => onnx.pad(x, [[0, 1]]), "axis 0 of [n] is symbolic"],
  ["Slice", [[[2]]], (x) => onnx.flip(x, [1]), "axis: 1 where -1..0 is expected"],
  ["Gather", [[[4, 2]], [[3]]], (x, i) => onnx.gather(x, i), "indices: type float32 where int64 is expected"],
  [
    "GatherElements",
    [[[4, 2]], [[3], "int64"]],
    (x, i) => onnx.pick(x, i),
    "int64 [3] where int64 [4] is expected",
  ],
  [
    "GatherElements",
    [[[4]], [[4], "int64"]],
    (x, i) => onnx.pick(x, i),
    "x: shape [4] where 2 axes are expected",
  ],
  ["MatMul", [[[2, 3]], [[4, 5]]], (a, b) => onnx.matmul(a, b), "shapes [2,3] and [4,5] do not multiply"],
  [
    "MatMul",
    [[[2, 3]], [[3, 5]]],
    (a, b) => onnx.matmul(a, b, { transposeB: true }),
    "shapes [2,3] and [3,5] transposed do not multiply",
  ],
  [
    "MatMul",
    [[[3]], [[3, 5]]],
    (a, b) => onnx.matmul(a, b),
    "shapes [3] and [3,5] where two axes are expected",
  ],
  ["MatMul", [[[2, 2, 3]], [[4, 3, 2]]], (a, b) => onnx.matmul(a, b), "shapes [2] and [4] do not broadcast"],
  [
    "MatMul",
    [[[2, 2]], [[2, 2], "float64"]],
    (a, b) => onnx.matmul(a, b),
    "type float64 where float32 is expected",
  ],
  [
    "Gemm",
    [[[2, 3]], [[5, 4]]],
    (x, w) => onnx.linear(x, w),
    "weight: shape [5,4] where [out, 3] is expected",
  ],
  [
    "Gemm",
    [[[2, 2, 3]], [[5, 4]]],
    (x, w) => onnx.linear(x, w),
    "weight: shape [5,4] where [out, 3] is expected",
  ],
  [
    "Gemm",
    [[[2, 2, 3]], [[2, 5, 3]]],
    (x, w) => onnx.linear(x, w),
    "weight: shape [2,5,3] where 2 axes are expected",
  ],
  ["Gemm", [[[]], [[5, 3]]], (x, w) => onnx.linear(x, w), "weight: shape [5,3]"],
  [
    "Gemm",
    [[[2, 3]], [[5, 3]], [[3]]],
    (x, w, b) => onnx.linear(x, w, b),
    "bias: shape [3] where [5] is expected",
  ],
  [
    "Conv",
    [[[2, 3, 4]], [[5, 3, 1, 1]]],
    (x, w) => onnx.conv2d(x, w),
    "x: shape [2,3,4] where 4 axes are expected",
  ],
  ["Conv", [[[1, 3, 4, 4]], [[5, 3, 1]]], (x, w) => onnx.conv2d(x, w), "weight: shape [5,3,1] where 4 axes"],
  [
    "Conv",
    [[[1, 3, 4, 4]], [[5, 2, 3, 3]]],
    (x, w) => onnx.conv2d(x, w),
    "weight: shape [5,2,3,3] where [out, 3, height, width] is expected",
  ],
  [
    "Conv",
    [[[1, 3, 4, 4]], [[5, 3, 3, 3]], [[3]]],
    (x, w, b) => onnx.conv2d(x, w, b),
    "bias: shape [3] where [5]",
  ],
  [
    "Conv",
    [[[1, 3, 4, 4]], [[5, 3, 3, 3], "float16"]],
    (x, w) => onnx.conv2d(x, w),
    "type float16 where float32",
  ],
  ["Conv", [[[1, 3, 4, 4]], [[5, 3, 5, 5]]], (x, w) => onnx.conv2d(x, w), "smaller than the kernel 5,5"],
  [
    "Conv",
    [[[1, 3, 4, 4]], [[5, 3, 3, 3]]],
    (x, w) => onnx.conv2d(x, w, undefined, { stride: 0 }),
    "stride: 0,0 where whole numbers from 1 are expected",
  ],
  [
    "Conv",
    [[[1, 3, 4, 4]], [[5, 3, 3, 3]]],
    (x, w) => onnx.conv2d(x, w, undefined, { padding: [0, -1] }),
    "padding: 0,-1 where whole numbers from 0 are expected",
  ],
  [
    "ConvTranspose",
    [[[1, 3, 4, 4]], [[5, 3, 3, 3]]],
    (x, w) => onnx.convTranspose2d(x, w),
    "weight: shape [5,3,3,3] where [3, out, height, width] is expected",
  ],
  [
    "ConvTranspose",
    [[[1, 3, 4, 4]], [[3, 5, 3, 3]]],
    (x, w) => onnx.convTranspose2d(x, w, undefined, { stride: 2, outputPadding: 2 }),
    "outputPadding: 2,2 where less than the stride, 2,2, is expected",
  ],
  [
    "ConvTranspose",
    [[[1, 3, 1, 1]], [[3, 5, 3, 3]]],
    (x, w) => onnx.convTranspose2d(x, w, undefined, { padding: 2 }),
    "padding: 2,2 leaves nothing of x [1,3,1,1]",
  ],
  [
    "ConvTranspose",
    [[[1, 3, "h", 4]], [[3, 5, 3, 3]]],
    (x, w) => onnx.convTranspose2d(x, w),
    "axis 2 of [1,3,h,4] is symbolic",
  ],
  [
    "AveragePool",
    [[[1, 3, 5, 4]]],
    (x) => onnx.averagePool2d(x, 2),
    "size: 2 where a divisor of 5 x 4 is expected",
  ],
  [
    "AveragePool",
    [[[3, 4, 4]]],
    (x) => onnx.averagePool2d(x, 2),
    "x: shape [3,4,4] where 4 axes are expected",
  ],
  ["MaxPool", [[[1, 3, 4, 4]]], (x) => onnx.maxPool2d(x, 0), "size: 0 where a divisor of 4 x 4 is expected"],
  [
    "Resize",
    [[[1, 3, 4, 4]]],
    (x) => onnx.upsampleNearest2d(x, 1.5),
    "factor: 1.5 where a whole number from 1",
  ],
  [
    "Resize",
    [[[3, 4, 4]]],
    (x) => onnx.upsampleNearest2d(x, 2),
    "x: shape [3,4,4] where 4 axes are expected",
  ],
  [
    "Resize",
    [[[1, 3, 4, 4]]],
    (x) => onnx.resizeBilinear(x, 0, 2.5),
    "height, width: 0, 2.5 where whole numbers",
  ],
  ["Resize", [[[1, 3, "h", 4]]], (x) => onnx.resizeBilinear(x, 2, 2), "axis 2 of [1,3,h,4] is symbolic"],
  [
    "BatchNormalization",
    [[[2, 3]], [[3]], [[3]]],
    (x, w, b) => onnx.batchNormTraining(x, w, b),
    "x: shape [2,3] where 4 axes are expected",
  ],
  [
    "BatchNormalization",
    [[[2, 3, 4, 4]], [[4]], [[3]]],
    (x, w, b) => onnx.batchNormTraining(x, w, b),
    "weight: shape [4] where [3] is expected",
  ],
  [
    "BatchNormalization",
    [[[2, 3, 4, 4]], [[3]], [[3]], [[4]]],
    (x, w, b, m) => onnx.batchNorm(x, w, b, b, m),
    "runningVariance: shape [4] where [3] is expected",
  ],
  [
    "LayerNormalization",
    [[[2, 3]], [[2]], [[3]]],
    (x, w, b) => onnx.layerNorm(x, w, b),
    "weight: shape [2] where [3] is expected",
  ],
  [
    "GroupNormalization",
    [[[2, 6, 4]], [[6]], [[6]]],
    (x, w, b) => onnx.groupNorm(x, 4, w, b),
    "groups: 4 does not divide 6 channels",
  ],
  [
    "GroupNormalization",
    [[[2, 6, 4]], [[6]], [[3]]],
    (x, w, b) => onnx.groupNorm(x, 3, w, b),
    "bias: shape [3] where [6] is expected",
  ],
  [
    "RMSNormalization",
    [[[2, 3]], [[2]]],
    (x, w) => onnx.rmsNorm(x, w),
    "weight: shape [2] where [3] is expected",
  ],
];

for (const [op, inputs, build, message] of wrongUses) {
  Deno.test(`wrong use of ${op}: ${message}`, () => {
    const graph = new Graph();
    const values = inputs.map(([shape, dtype = "float32"], i) => graph.input(`x${i}`, dtype, shape));
    const error = assertThrows(
      () => graph.scope("unet", () => graph.scope("block", () => build(...values))),
      GraphError,
    );
    assertStringIncludes(error.message, `node "unet/block/${op}": `);
    assertStringIncludes(error.message, message);
    assert(!error.message.includes("\n"));
  });
}

Deno.test("wrong use: concat of nothing", () => {
  assertThrows(() => onnx.concat([], 0), RangeError, "values: empty list");
});

Deno.test("a node takes no value of another graph", () => {
  const [a, b] = [new Graph().input("a", "float32", [2]), new Graph().input("b", "float32", [2])];
  assertThrows(() => onnx.add(a, b), GraphError, 'node "Add": input "b" belongs to another graph');
  assertThrows(() => onnx.concat([a, b], 0), GraphError, 'input "b" belongs to another graph');
});

Deno.test("an output is no value of another graph", () => {
  const b = new Graph().input("b", "float32", [2]);
  assertThrows(() => new Graph().output("y", b), GraphError, 'output "y": "b" belongs to another graph');
});

// ---- Names ----

Deno.test("names: inputs, outputs and constants share one space", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2]);
  graph.output("y", onnx.exp(x));
  const data = { data: new Float32Array(2), shape: [2] };
  const taken = /^name: "[xyw]" is empty or taken in this graph$/;
  const again = (build: () => unknown) => assertMatch(assertThrows(build, GraphError).message, taken);
  again(() => graph.input("x", "float32", [2]));
  again(() => graph.input("y", "float32", [2]));
  again(() => graph.output("y", x));
  again(() => graph.initializer("x", "float32", data));
  graph.initializer("w", "float32", data);
  again(() => graph.initializer("w", "float32", data));
  again(() => graph.external("w", "float32", [2], { location: "file", offset: 0, length: 8 }));
  assertThrows(() => graph.input("", "float32", [2]), GraphError, 'name: "" is empty or taken');
});

Deno.test("names: nodes carry their scope, and scopes end with an exception too", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2]);
  const y = graph.scope("a", () => graph.scope("b", () => onnx.exp(x)));
  assertMatch(y.name, /^a\/b\/Exp_\d+$/);
  assertThrows(() =>
    graph.scope("a", () => {
      throw new Error("stop");
    })
  );
  assertMatch(onnx.exp(x).name, /^Exp_\d+$/);
});

Deno.test("names: a node gives way to a name that is taken", () => {
  const names = ["Exp_1", "Exp_2", "Exp_3", "Exp_4", "Exp_3_"];
  const graph = new Graph();
  const [x] = names.map((name) => graph.input(name, "float32", [1]));
  const y = onnx.exp(x);
  assert(!names.includes(y.name));
});

// ---- Declarations ----

Deno.test("inputs: sizes are whole numbers or names", () => {
  const graph = new Graph();
  for (const shape of [[-1], [1.5], [NaN], [""]]) {
    assertThrows(() => graph.input("x", "float32", shape), GraphError, 'input "x": shape [');
  }
  assertEquals(graph.input("x", "float32", ["batch", 3]).shape, ["batch", 3]);
});

Deno.test("initializers: the array is that of the type, and fits the shape", () => {
  const graph = new Graph();
  const wrong = (
    dtype: DType,
    data: Tensor["data"] | Int32Array | Uint16Array,
    shape: number[],
    message: string,
  ) => assertThrows(() => graph.initializer("w", dtype, { data, shape }), GraphError, message);
  wrong("float32", new Int32Array(2), [2], 'initializer "w": Int32Array where Float32Array is expected');
  wrong("float16", new Float32Array(2), [2], "Float32Array where Uint16Array is expected, for float16");
  wrong("float32", new Float32Array(2), [3], 'initializer "w": 8 bytes do not fit [3] of float32');
  const data = { location: "weights.bin", offset: 0, length: 8 };
  assertThrows(
    () => graph.external("w", "float32", [3], data),
    GraphError,
    "8 bytes do not fit [3] of float32",
  );
});

Deno.test("initializers: a view of a larger array", async () => {
  const graph = new Graph();
  const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
  graph.output("y", graph.initializer("w", "float32", { data, shape: [2] }));
  assertEquals([...(await compute(graph)).y.data], [1, 2]);
});

Deno.test("constants: equal ones are stored once", () => {
  const graph = new Graph();
  assertStrictEquals(graph.constant(1), graph.constant(1));
  assertStrictEquals(graph.constant([1, 2]), graph.constant([1, 2]));
  const different = [
    graph.constant(1),
    graph.constant([1]),
    graph.constant(1, "int64"),
    graph.constant(2),
    graph.constant([1, 2]),
    graph.constant([1, 2], "float32", [2, 1]),
    graph.constant([1, 2], "float64"),
    graph.constant(0),
    graph.constant(-0),
    graph.constant(NaN),
  ];
  assertEquals(new Set(different).size, different.length);
  const x = graph.input("x", "float32", [2]);
  graph.output("y", onnx.add(onnx.mul(x, 0.123), onnx.sub(0.123, x)));
  const bytes = graph.toBytes();
  const pattern = new Uint8Array(Float32Array.of(0.123).buffer);
  const found = bytes.filter((_, i) => pattern.every((byte, k) => bytes[i + k] === byte)).length;
  assertEquals(found, 1);
});

Deno.test("constants: of every type", async () => {
  const graph = new Graph();
  const expected: Partial<Record<DType, number[]>> = {
    float32: [0.5, -2, 3],
    float64: [0.5, -2, 3],
    float16: [0.5, -2, 3],
    bfloat16: [0.5, -2, 3],
    int64: [-5, 0, 7],
    int32: [-5, 0, 7],
    uint8: [0, 7, 255],
    bool: [0, 1, 1],
  };
  for (const [dtype, values] of Object.entries(expected)) {
    const constant = graph.constant(values, dtype as DType);
    assertEquals([constant.dtype, constant.shape], [dtype, [3]]);
    graph.output(dtype, onnx.cast(constant, "float32"));
  }
  const found = await compute(graph);
  for (const [dtype, values] of Object.entries(expected)) assertEquals([...found[dtype].data], values, dtype);
});

Deno.test("constants: numbers in arithmetic of half precision", async () => {
  const graph = new Graph();
  const x = onnx.cast(graph.input("x", "float32", [3]), "float16");
  graph.output("y", onnx.cast(onnx.add(onnx.mul(x, 0.5), 1), "float32"));
  const { y } = await compute(graph, { x: { data: Float32Array.of(1, 2, 3), shape: [3] } });
  assertEquals([...y.data], [1.5, 2, 2.5]);
});

Deno.test("constants: fractions are no whole numbers, and a list fits its shape", () => {
  const graph = new Graph();
  assertThrows(() => graph.constant(2.5, "int64"), GraphError, "constant: 2.5 is no int64");
  assertThrows(() => graph.constant([1, NaN], "uint8"), GraphError, "constant: NaN is no uint8");
  assertThrows(() => graph.constant([1, 2], "float32", [3]), GraphError, "8 bytes do not fit [3] of float32");
});

Deno.test("values: staticShape names what is symbolic", () => {
  const graph = new Graph();
  assertEquals(graph.input("x", "float32", [2, 3]).staticShape, [2, 3]);
  const y = graph.input("y", "float32", ["batch", 3]);
  assertThrows(() => y.staticShape, GraphError, '"y": shape [batch,3] where all sizes must be known here');
});

// ---- The model ----

Deno.test("model: a graph without outputs is refused", () => {
  assertThrows(() => new Graph("empty").toBytes(), GraphError, 'graph "empty": no outputs');
});

Deno.test("model: what no output needs is not in the bytes", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2]);
  const used = onnx.mul(x, 2);
  const unused = onnx.tanh(onnx.add(used, graph.constant([5, 6])));
  graph.initializer("unused", "float32", { data: new Float32Array(1000), shape: [1000] });
  graph.output("y", onnx.exp(used));
  const model = text(graph);
  for (const word of ["Exp", "Mul"]) assertStringIncludes(model, word);
  for (const word of ["Tanh", "Add", "unused", unused.name]) assert(!model.includes(word), word);
  assertLess(model.length, 500);
  // Building goes on: the same graph with another output.
  graph.output("z", unused);
  assertStringIncludes(text(graph), "Tanh");
});

Deno.test("model: equal graphs give equal bytes", () => {
  const build = () => {
    const graph = new Graph("same");
    const w = graph.initializer("w", "float32", normal([4, 3]));
    const y = onnx.gelu(onnx.linear(graph.input("x", "float32", ["batch", 3]), w));
    graph.output("g", onnx.gradients(onnx.sum(y), [w])[0]);
    return graph.toBytes();
  };
  assertEquals(build(), build());
});

Deno.test("model: bytes open like the graph", async () => {
  const graph = new Graph();
  graph.output("y", onnx.add(graph.input("x", "float32", [2]), 1));
  await using session = await openSession(graph.toBytes());
  assertEquals([session.inputNames, session.outputNames], [["x"], ["y"]]);
  const { y } = await session.run({ x: { data: Float32Array.of(1, 2), shape: [2] } });
  assertEquals([...y.data], [2, 3]);
});

Deno.test("model: an output may be an input, a constant, or one value under two names", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2]);
  const y = onnx.exp(x);
  graph.output("same", x);
  graph.output("constant", graph.constant([3, 4]));
  graph.output("y1", y);
  graph.output("y2", y);
  const found = await compute(graph, { x: { data: Float32Array.of(0, 0), shape: [2] } });
  const lists = Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, [...data]]));
  assertEquals(lists, { same: [0, 0], constant: [3, 4], y1: [1, 1], y2: [1, 1] });
});

Deno.test("model: an input that nothing uses stays an input", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [1]);
  graph.input("idle", "float32", [1]);
  graph.output("y", onnx.exp(x));
  await using session = await open(graph);
  assertEquals(session.inputNames, ["x", "idle"]);
});

Deno.test("model: names of any letters", async () => {
  const graph = new Graph("größe");
  const x = graph.input("größe/入力.0", "float32", ["数", 1]);
  graph.output("výsledek", graph.scope("блок", () => onnx.add(x, 1)));
  const found = await compute(graph, { "größe/入力.0": { data: Float32Array.of(1), shape: [1, 1] } });
  assertEquals([...found["výsledek"].data], [2]);
});

Deno.test("model: a node of one's own, with attributes of every kind, an optional input left out and a gradient", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [1, 1, 2, 2]);
  const upsample = (x: Value): Value =>
    graph.node({
      op: "Resize",
      inputs: [x, undefined, graph.constant([1, 1, 2, 2])],
      attributes: { mode: { string: "cubic" }, cubic_coeff_a: { float: -0.5 }, exclude_outside: { int: 1 } },
      outputs: [{ dtype: "float32", shape: [1, 1, 4, 4] }],
      gradient: ([dy]) => [dy && onnx.mul(onnx.averagePool2d(dy, 2), 4)],
    })[0];
  graph.output("y", upsample(x));
  graph.output("g", onnx.gradients(onnx.sum(upsample(x)), [x])[0]);
  const { y, g } = await compute(graph, { x: { data: Float32Array.of(1, 1, 1, 1), shape: [1, 1, 2, 2] } });
  y.data.forEach((v) => assertLess(Math.abs(v - 1), 1e-6));
  assertEquals([...g.data], [4, 4, 4, 4]);
});

// ---- Symbolic sizes ----

Deno.test("symbolic batch: one graph runs at two batch sizes", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", ["batch", 2, 4, 4]);
  const constant = (shape: number[], seed: number) =>
    graph.initializer(`w${seed}`, "float32", normal(shape, seed));
  let y = onnx.conv2d(x, constant([4, 2, 3, 3], 1), constant([4], 2), { padding: 1 });
  y = onnx.gelu(onnx.groupNorm(y, 2, constant([4], 3), constant([4], 4)));
  y = onnx.add(y, onnx.upsampleNearest2d(onnx.averagePool2d(y, 2), 2));
  y = onnx.concat([y, x], 1);
  y = onnx.conv2d(y, constant([4, 6, 3, 3], 5), undefined, { stride: 2, padding: 1 });
  y = onnx.convTranspose2d(y, constant([4, 3, 2, 2], 6), undefined, { stride: 2 });
  y = onnx.resizeBilinear(onnx.maxPool2d(y, 2), 4, 4);
  y = onnx.pad(onnx.slice(y, 2, { start: 1, end: 4 }), [[0, 0], [0, 0], [0, 1], [0, 0]]);
  const tokens = onnx.transpose(onnx.reshape(y, ["batch", 3, -1]), [0, 2, 1]);
  assertEquals(tokens.shape, ["batch", 16, 3]);
  const weights = onnx.softmax(onnx.matmul(tokens, tokens, { transposeB: true, scale: 0.5 }));
  const rows = onnx.reshape(
    onnx.layerNorm(onnx.matmul(weights, tokens), constant([3], 7), constant([3], 8)),
    [-1, 3],
  );
  assertEquals(rows.shape, ["batch*16", 3]);
  const [first, rest] = onnx.split(onnx.linear(rows, constant([5, 3], 9), constant([5], 10)), [2, 3], 1);
  const back = onnx.reshape(onnx.concat([rest, first], 1), ["batch", 16, 5]);
  const mean = onnx.mean(back, { axes: [1] });
  assertEquals(mean.shape, ["batch", 5]);
  graph.output("y", onnx.broadcastTo(onnx.reshape(mean, ["batch", 1, 5]), ["batch", 2, 5]));
  graph.output("total", onnx.mean(mean));

  await using session = await open(graph);
  const pictures = normal([3, 2, 4, 4], 20);
  const three = await session.run({ x: pictures });
  assertEquals([three.y.shape, three.total.shape], [[3, 2, 5], []]);
  for (let i = 0; i < 3; i++) {
    const one = await session.run({
      x: { data: pictures.data.slice(i * 32, (i + 1) * 32), shape: [1, 2, 4, 4] },
    });
    assertEquals(one.y.shape, [1, 2, 5]);
    one.y.data.forEach((v, k) => assertLess(Math.abs(v - three.y.data[i * 10 + k]), 1e-5));
  }
  const expected = three.y.data.reduce((total, v) => total + v, 0) / 30;
  assertLess(Math.abs(three.total.data[0] - expected), 1e-6);
});

Deno.test("symbolic sizes: reshape carries, joins and parts them", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", ["batch", 4, 6]);
  const shapes: [Shape, Shape][] = [
    [["batch", 24], ["batch", 24]],
    [["batch", -1], ["batch", 24]],
    [["batch", -1, 8], ["batch", 3, 8]],
    [[-1, 4, 6], ["batch", 4, 6]],
    [[-1, 6], ["batch*4", 6]],
    [[-1], ["batch*24"]],
    [["batch", 2, 2, 6], ["batch", 2, 2, 6]],
    [[4, "batch", 6], [4, "batch", 6]],
    [["batch*2", 12], ["batch*2", 12]],
  ];
  for (const [shape, expected] of shapes) assertEquals(onnx.reshape(x, shape).shape, expected);
  assertEquals(onnx.reshape(onnx.reshape(x, [-1, 6]), ["batch", 4, 6]).shape, ["batch", 4, 6]);
  assertThrows(() => onnx.reshape(x, [-1, 5]), GraphError, "does not fit the elements of [batch,4,6]");
  assertThrows(() => onnx.reshape(x, ["batch*3", 6]), GraphError, "does not fit");
  const two = graph.input("two", "float32", ["n", "m", 2]);
  assertEquals(onnx.reshape(two, ["n", "m", 2, 1]).shape, ["n", "m", 2, 1]);
  assertEquals(onnx.reshape(two, [-1, 2]).shape, ["m*n", 2]);
});

Deno.test("symbolic sizes: of pictures, through a convolution", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [1, 1, "h", "w"]);
  const weight = (k: number) => graph.constant(Array<number>(k * k).fill(1), "float32", [1, 1, k, k]);
  const same = onnx.conv2d(x, weight(3), undefined, { padding: 1 });
  assertEquals(same.shape, [1, 1, "h", "w"]);
  const half = onnx.conv2d(x, weight(3), undefined, { stride: 2, padding: 1 });
  const alike = onnx.conv2d(x, weight(3), undefined, { stride: 2, padding: 1 });
  const smaller = onnx.conv2d(x, weight(3));
  // Sizes of one geometry are the same, those of another are not.
  assertEquals(half.shape, alike.shape);
  assertThrows(() => onnx.add(half, smaller), GraphError, "do not broadcast");
  graph.output("half", onnx.add(half, alike));
  graph.output("large", onnx.upsampleNearest2d(same, 2));
  await using session = await open(graph);
  for (const [h, w] of [[4, 6], [7, 5]]) {
    const found = await session.run({ x: { data: new Float32Array(h * w).fill(1), shape: [1, 1, h, w] } });
    assertEquals(found.half.shape, [1, 1, Math.ceil(h / 2), Math.ceil(w / 2)]);
    assertEquals(found.large.shape, [1, 1, 2 * h, 2 * w]);
    assertEquals(found.large.data[0], 4);
  }
});

Deno.test("symbolic sizes: gather and pick", async () => {
  const graph = new Graph();
  const table = graph.constant([0, 1, 2, 3, 4, 5], "float32", [3, 2]);
  const labels = graph.input("labels", "int64", ["batch"]);
  const rows = onnx.gather(table, labels);
  assertEquals(rows.shape, ["batch", 2]);
  graph.output("rows", rows);
  graph.output("picked", onnx.pick(onnx.concat([rows, onnx.neg(rows)], 1), labels));
  await using session = await open(graph);
  for (const values of [[2n], [0n, 2n, 1n]]) {
    const data = BigInt64Array.from(values);
    const { rows, picked } = await session.run({ labels: { data, shape: [data.length] } });
    assertEquals(rows.shape, [data.length, 2]);
    assertEquals(picked.data[picked.data.length - 1], values.length === 1 ? -4 : 3);
  }
});

// ---- Weights beside the model ----

Deno.test("external data: weights are read in place, at any offset", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const bytes = new Uint8Array(100);
    bytes.set(new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer), 13);
    bytes.set(new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer), 50); // 1 and -2 in half precision
    await Deno.mkdir(`${folder}/part`);
    await Deno.writeFile(`${folder}/part/weights.bin`, bytes);
    const graph = new Graph();
    const location = "part/weights.bin";
    const w = graph.external("w", "float32", [2, 2], { location, offset: 13, length: 16 });
    const half = graph.external("half", "float16", [2], { location, offset: 50, length: 4 });
    graph.output("y", onnx.linear(graph.input("x", "float32", [1, 2]), w, onnx.cast(half, "float32")));
    assert(!text(graph).includes("\u0000\u0000\u0080?"), "no weights in the bytes");
    const x: Tensor = { data: Float32Array.of(10, 100), shape: [1, 2] };
    for (const prepack of [true, false]) {
      await using session = await openSession(graph, { folder, prepack, threads: 1 });
      assertEquals([...(await session.run({ x })).y.data], [211, 428]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("external data: a missing, short or foreign file is refused in one line", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/short.bin`, new Uint8Array(8));
    for (const location of ["missing.bin", "short.bin", "../weights.bin"]) {
      const graph = new Graph();
      graph.output("y", graph.external("w", "float32", [4], { location, offset: 0, length: 16 }));
      const error = await assertRejects(() => openSession(graph, { folder }), SessionError);
      assertStringIncludes(error.message, "model: refused by the runtime: ");
      assert(!error.message.includes("\n"), error.message);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("external data: without a folder it is refused", async () => {
  const graph = new Graph();
  const data = { location: "weights.bin", offset: 0, length: 16 };
  graph.output("y", graph.external("w", "float32", [4], data));
  await assertRejects(() => openSession(graph), SessionError, "model: refused by the runtime: ");
});
