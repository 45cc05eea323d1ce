/**
 * Write networks as TypeScript functions, and run and train them with ONNX Runtime: a graph builder, reverse-mode
 * differentiation, optimisers, and sessions on the CPU, CUDA or WebGPU. Of the operators it has those that most networks are made of;
 * all of them are in `@denoise/denoise/operators`, and all optimisers in `@denoise/denoise/optimizers`.
 *
 * @example Train a line to go through points.
 * ```ts
 * import { adam, gradients, Graph, linear, mean, openSession, square, sub } from "@denoise/denoise/onnx";
 * import type { Tensor } from "@denoise/denoise/tensors";
 *
 * const graph = new Graph();
 * const x = graph.input("x", "float32", [4, 1]);
 * const y = graph.input("y", "float32", [4, 1]);
 * const [weight, m, v] = ["weight", "m", "v"].map((name) => graph.input(name, "float32", [1, 1]));
 * const [step, learningRate] = ["step", "learningRate"].map((name) => graph.input(name, "float32", []));
 * const loss = mean(square(sub(linear(x, weight), y)));
 * const next = adam(gradients(loss, [weight])[0], { parameters: weight, m, v, step, learningRate });
 * graph.output("next.weight", next.parameters);
 * graph.output("next.m", next.m);
 * graph.output("next.v", next.v);
 *
 * await using session = await openSession(graph);
 * const column = (...values: number[]): Tensor => ({ data: Float32Array.from(values), shape: [values.length, 1] });
 * const scalar = (value: number) => ({ data: Float32Array.of(value), shape: [] });
 * const points = { x: column(1, 2, 3, 4), y: column(2, 4, 6, 8), learningRate: scalar(0.1) };
 * let [w, mean1, mean2] = [column(0), column(0), column(0)];
 * for (let i = 1; i <= 300; i++) {
 *   const found = await session.run({ ...points, weight: w, m: mean1, v: mean2, step: scalar(i) });
 *   [w, mean1, mean2] = [found["next.weight"], found["next.m"], found["next.v"]];
 * }
 * console.log(w.data[0]); // 2.000
 * ```
 *
 * @module
 */
export type { DType } from "./dtype.ts";
export type { Attribute, ExternalData } from "./proto.ts";
export { type Device, type DeviceChoice, devices } from "./device.ts";
export type { Dim, GradientRule, Node, NodeSpec, Shape } from "./graph.ts";
export { Graph, GraphError, Value } from "./graph.ts";
export { gradients } from "./gradient.ts";
export * from "./optimizer.ts";
export { muon, type MuonOptions, type MuonState, type MuonUpdate, orthogonalize } from "./muon.ts";
export {
  DeviceError,
  type ExternalFiles,
  openSession,
  Session,
  SessionError,
  type SessionOptions,
} from "./session.ts";
export { gelu, geluTanh, logSoftmax, relu, silu, softmax } from "./ops/activation.ts";
export { conv2d, type ConvOptions, convTranspose2d, type ConvTransposeOptions } from "./ops/conv.ts";
export {
  abs,
  add,
  cast,
  cos,
  div,
  equal,
  erf,
  exp,
  greater,
  log,
  max,
  min,
  mul,
  neg,
  type Operand,
  reciprocal,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  sub,
  tanh,
  where,
} from "./ops/elementwise.ts";
export { gather, pick } from "./ops/gather.ts";
export * from "./ops/matmul.ts";
export {
  batchNorm,
  type BatchNormResult,
  batchNormTraining,
  groupNorm,
  layerNorm,
  rmsNorm,
} from "./ops/norm.ts";
export { pad } from "./ops/pad.ts";
export { averagePool2d, maxPool2d, upsampleNearest2d } from "./ops/pool.ts";
export { mean } from "./ops/mean.ts";
export { broadcastTo, type ReduceOptions, sum } from "./ops/reduce.ts";
export { type BilinearOptions, resizeBilinear } from "./ops/resize.ts";
export {
  concat,
  flip,
  type Range,
  reshape,
  shift,
  slice,
  split,
  stopGradient,
  transpose,
} from "./ops/shape.ts";
