/**
 * Write networks as TypeScript functions, and run and train them with ONNX Runtime: a graph builder, reverse-mode
 * differentiation, Adam, and sessions on the CPU, CUDA or WebGPU.
 *
 * @example Train a line to go through points.
 * ```ts
 * import { adam, gradients, Graph, linear, mean, openSession, square, sub } from "@denoise/denoise/onnx";
 *
 * const graph = new Graph();
 * const x = graph.input("x", "float32", [4, 1]);
 * const y = graph.input("y", "float32", [4, 1]);
 * const weight = graph.input("weight", "float32", [1, 1]);
 * const loss = mean(square(sub(linear(x, weight), y)));
 * const [gradient] = gradients(loss, [weight]);
 * graph.output("loss", loss);
 * graph.output("gradient", gradient);
 * await using session = await openSession(graph);
 * ```
 *
 * @module
 */
export type { DType } from "./dtype.ts";
export type { Attribute, ExternalData } from "./proto.ts";
export type { Device, DeviceChoice } from "./device.ts";
export type { Dim, GradientRule, Node, NodeSpec, Shape } from "./graph.ts";
export { Graph, GraphError, Value } from "./graph.ts";
export { gradients } from "./gradient.ts";
export * from "./optimizer.ts";
export { openSession, Session, SessionError, type SessionOptions } from "./session.ts";
export * from "./ops/activation.ts";
export { conv2d, type ConvOptions, convTranspose2d, type ConvTransposeOptions } from "./ops/conv.ts";
export * from "./ops/elementwise.ts";
export * from "./ops/gather.ts";
export * from "./ops/matmul.ts";
export * from "./ops/norm.ts";
export * from "./ops/pool.ts";
export * from "./ops/reduce.ts";
export * from "./ops/resize.ts";
export * from "./ops/shape.ts";
export type { Tensor, TensorData } from "../tensor.ts";
