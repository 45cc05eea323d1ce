/**
 * All operators of the graph builder, for networks of one's own: each checks its shapes where it is built, and has a gradient
 * wherever there is one. The guide "Operators" lists them in a table.
 *
 * @example A depthwise convolution, pooled to one number for each channel.
 * ```ts
 * import { Graph, openSession } from "@denoise/denoise/onnx";
 * import { adaptiveAveragePool2d, conv2d, mish } from "@denoise/denoise/operators";
 * import { full } from "@denoise/denoise/tensors";
 *
 * const graph = new Graph();
 * const x = graph.input("x", "float32", ["batch", 8, 16, 16]);
 * const weight = graph.input("weight", "float32", [8, 1, 3, 3]);
 * const y = mish(conv2d(x, weight, undefined, { padding: 1, groups: 8 }));
 * graph.output("means", adaptiveAveragePool2d(y, 1, 1));
 *
 * await using session = await openSession(graph);
 * const { means } = await session.run({ x: full([2, 8, 16, 16], 1), weight: full([8, 1, 3, 3], 0.1) });
 * console.log(means.shape); // [2, 8, 1, 1]
 * ```
 *
 * @module
 */
export * from "./activation.ts";
export * from "./along.ts";
export { type AttentionOptions, scaledDotProductAttention } from "./attention.ts";
export { checkpoint } from "./checkpoint.ts";
export * from "./clamp.ts";
export {
  conv1d,
  conv2d,
  conv3d,
  type ConvOptions,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type ConvTransposeOptions,
} from "./conv.ts";
export * from "./cumulative.ts";
export { dropout, type DropoutOptions } from "./dropout.ts";
export * from "./einsum.ts";
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
} from "./elementwise.ts";
export * from "./extrema.ts";
export * from "./gather.ts";
export * from "./logic.ts";
export * from "./matmul.ts";
export { mean } from "./mean.ts";
export { batchNorm, type BatchNormResult, batchNormTraining, groupNorm, layerNorm, rmsNorm } from "./norm.ts";
export * from "./pad.ts";
export * from "./pool.ts";
export * from "./power.ts";
export { broadcastTo, type ReduceOptions, sum } from "./reduce.ts";
export * from "./resize.ts";
export {
  concat,
  flip,
  type Range,
  reshape,
  shift,
  slice,
  split,
  stack,
  stopGradient,
  transpose,
} from "./shape.ts";
export * from "./statistics.ts";
