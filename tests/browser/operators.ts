/** Every operator, with its gradient, on small numbers: for a tab and for Deno. */
import type { Value } from "../../lib/onnx/mod.ts";
import type { Library } from "./computations.ts";

/** What an operator computed: its outputs and the gradients of its inputs, one after the other. */
export type Computed = Readonly<Record<string, readonly number[]>>;

/** Computes every operator once. It refers to nothing beside its argument, so that a page can run it. */
export async function computeOperators(lib: Library): Promise<Computed> {
  const { operators: o, onnx } = lib;
  type Build = (...inputs: Value[]) => Value | Value[];
  const integers = (x: Value, values: number[], shape: number[]) => x.graph.constant(values, "int64", shape);
  const real = (x: Value) => o.cast(x, "float32");
  const plane = [2, 4];
  const image = [1, 4, 6, 6];
  const weight = (...shape: number[]) => shape;
  const unary = (name: "abs"): [number[][], Build] => [[plane], (x) => o[name](x)];
  const names = [
    "abs",
    "cos",
    "erf",
    "exp",
    "gelu",
    "geluTanh",
    "leakyRelu",
    "log",
    "logSoftmax",
    "mish",
    "neg",
    "reciprocal",
    "relu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "softmax",
    "softplus",
    "sqrt",
    "square",
    "tanh",
    "sum",
    "mean",
    "prod",
    "variance",
    "amax",
    "amin",
    "stopGradient",
    "transpose",
  ] as const;
  const cases: Record<string, [number[][], Build]> = {
    ...Object.fromEntries(names.map((name) => [name, unary(name as "abs")])),
    ...Object.fromEntries(
      (["add", "sub", "mul", "div", "max", "min", "pow"] as const).map((name) => [
        name,
        [[plane, [4]], (x: Value, y: Value) => o[name](x, y)],
      ]),
    ),
    ...Object.fromEntries(
      (["equal", "greater", "greaterOrEqual", "less", "lessOrEqual", "notEqual"] as const).map((name) => [
        name,
        [[plane, [4]], (x: Value, y: Value) => o.mul(real(o[name](x, y)), x)],
      ]),
    ),
    ...Object.fromEntries(
      (["logicalAnd", "logicalOr", "logicalXor"] as const).map((name) => [
        name,
        [[plane], (x: Value) => o.mul(real(o[name](o.greater(x, 1), o.less(x, 1.2))), x)],
      ]),
    ),
    logicalNot: [[plane], (x) => o.mul(real(o.logicalNot(o.greater(x, 1))), x)],
    where: [[plane, plane], (x, y) => o.where(o.greater(x, 1), x, y)],
    cast: [[plane], (x) => real(o.cast(x, "float64"))],
    clamp: [[plane], (x) => o.clamp(x, { min: 0.8, max: 1.2 })],
    argMax: [[plane], (x) => o.mul(real(o.argMax(x, { keepDims: true })), x)],
    argMin: [[plane], (x) => o.mul(real(o.argMin(x, { keepDims: true })), x)],
    topK: [[plane], (x) => o.topK(x, 2).values],
    cumsum: [[plane], (x) => o.cumsum(x, 1, { exclusive: true, reverse: true })],
    gather: [[plane], (x) => o.gather(x, integers(x, [3, 0, 0], [3]), 1)],
    pick: [[plane], (x) => o.pick(x, integers(x, [3, 1], [2]))],
    takeAlong: [[plane], (x) => o.takeAlong(x, integers(x, [3, 0, 1, 1], [2, 2]), 1)],
    scatter: [[plane, [2, 2]], (x, y) => o.scatter(x, integers(x, [3, 0, 1, 2], [2, 2]), y, 1)],
    scatterAdd: [[plane, [2, 2]], (x, y) => o.scatterAdd(x, integers(x, [3, 3, 1, 2], [2, 2]), y, 1)],
    reshape: [[plane], (x) => o.reshape(x, [4, 2])],
    broadcastTo: [[[1, 4]], (x) => o.broadcastTo(x, [3, 4])],
    concat: [[plane, plane], (x, y) => o.concat([x, y], 1)],
    stack: [[plane, plane], (x, y) => o.stack([x, y], 1)],
    split: [[plane], (x) => o.split(x, [1, 3], 1)],
    slice: [[plane], (x) => o.slice(x, 1, { start: 0, end: 4, step: 2 })],
    flip: [[plane], (x) => o.flip(x, [1])],
    shift: [[plane], (x) => o.shift(x, 1, 1)],
    pad: [
      [plane],
      (x) => (["constant", "reflect", "edge"] as const).map((mode) => o.pad(x, [[1, 0], [2, 3]], { mode })),
    ],
    matmul: [[[2, 3, 4], [5, 4]], (x, y) => o.matmul(x, y, { transposeB: true })],
    linear: [[plane, [3, 4], [3]], (x, w, b) => o.linear(x, w, b)],
    einsum: [[[2, 3, 4], [2, 4, 3]], (x, y) => o.einsum("bij,bjk->kbi", x, y)],
    dropout: [[plane], (x) => o.dropout(x, 0.4)],
    conv1d: [[[1, 4, 8], weight(4, 2, 3)], (x, w) => o.conv1d(x, w, undefined, { groups: 2, padding: 1 })],
    conv2d: [
      [image, weight(4, 1, 3, 3), [4]],
      (x, w, b) => o.conv2d(x, w, b, { groups: 4, dilation: 2, padding: 2 }),
    ],
    conv3d: [
      [[1, 2, 3, 4, 4], weight(2, 2, 3, 3, 3)],
      (x, w) => o.conv3d(x, w, undefined, { stride: 2, padding: 1 }),
    ],
    convTranspose1d: [
      [[1, 4, 4], weight(4, 1, 3)],
      (x, w) => o.convTranspose1d(x, w, undefined, { groups: 2 }),
    ],
    convTranspose2d: [
      [[1, 4, 3, 3], weight(4, 2, 4, 4)],
      (x, w) => o.convTranspose2d(x, w, undefined, { stride: 2, padding: 1 }),
    ],
    convTranspose3d: [
      [[1, 2, 2, 3, 3], weight(2, 2, 2, 2, 2)],
      (x, w) => o.convTranspose3d(x, w, undefined, { stride: 2 }),
    ],
    scaledDotProductAttention: [
      [[1, 2, 3, 4], [1, 2, 5, 4], [1, 2, 5, 3], [2, 1, 5]],
      (q, k, v, bias) => o.scaledDotProductAttention(q, k, v, { bias }),
    ],
    maxPool2d: [[image], (x) => o.maxPool2d(x, 3, { stride: 2, padding: 1 })],
    averagePool2d: [[image], (x) => o.averagePool2d(x, 3, { stride: 2, padding: 1, countPadding: false })],
    adaptiveAveragePool2d: [[image], (x) => o.adaptiveAveragePool2d(x, 4, 3)],
    upsampleNearest2d: [[image], (x) => o.upsampleNearest2d(x, 2)],
    resizeNearest: [[image], (x) => o.resizeNearest(x, 4, 9)],
    resizeBilinear: [[image], (x) => o.resizeBilinear(x, 4, 9)],
    resizeBicubic: [[image], (x) => o.resizeBicubic(x, 4, 9)],
    resizeArea: [[image], (x) => o.resizeArea(x, 4, 9)],
    batchNorm: [[image, [4], [4], [4], [4]], (x, w, b, m, v) => o.batchNorm(x, w, b, m, v)],
    batchNormTraining: [[[2, 4, 3, 3], [4], [4]], (x, w, b) => o.batchNormTraining(x, w, b).y],
    groupNorm: [[image, [4], [4]], (x, w, b) => o.groupNorm(x, 2, w, b)],
    layerNorm: [[plane, [4], [4]], (x, w, b) => o.layerNorm(x, w, b)],
    rmsNorm: [[plane, [4]], (x, w) => o.rmsNorm(x, w)],
  };
  const computed: Record<string, number[]> = {};
  for (const [name, [shapes, build]] of Object.entries(cases)) {
    const generator = new lib.Generator(7);
    // Positive, for roots and logarithms.
    const draw = (shape: readonly number[]) => {
      const drawn = generator.rand(shape);
      return { data: drawn.data.map((value) => value + 0.5), shape };
    };
    const graph = new onnx.Graph(name);
    const inputs = shapes.map((shape, i) => graph.input(`x${i}`, "float32", shape));
    const built = build(...inputs);
    const outputs = Array.isArray(built) ? built : [built];
    const loss = outputs.map((y) => onnx.sum(onnx.square(y))).reduce((a, b) => onnx.add(a, b));
    outputs.forEach((y, i) => graph.output(`y${i}`, y));
    onnx.gradients(loss, inputs).forEach((dx, i) => graph.output(`dx${i}`, dx));
    const feeds = Object.fromEntries(graph.inputs.map(({ name, staticShape }) => {
      const drawn = draw(staticShape);
      // The noise of a dropout is below 1.
      return [name, name.startsWith("x") ? drawn : { ...drawn, data: drawn.data.map((v) => v - 0.5) }];
    }));
    await using session = await onnx.openSession(graph);
    const found = await session.run(feeds);
    computed[name] = graph.outputs.flatMap(({ name }) => Array.from(found[name].data as Float32Array));
  }
  return computed;
}
