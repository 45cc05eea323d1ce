/**
 * Networks as functions of a {@linkcode Scope}, which takes their parameters from a file, a vector or a generator and
 * writes an ONNX graph: layers, and the networks that this library runs.
 *
 * @example How many parameters a network has.
 * ```ts
 * import { declare, linearLayer, type Scope } from "@denoise/denoise/nn";
 * import { relu } from "@denoise/denoise/onnx";
 *
 * function network(scope: Scope) {
 *   const x = scope.graph.input("x", "float32", [8, 2]);
 *   return linearLayer(scope.at("head"), relu(linearLayer(scope.at("first"), x, 64)), 1);
 * }
 * const { parameters } = declare(network);
 * ```
 *
 * @module
 */
export * from "./scope.ts";
export * from "./sources.ts";
export * from "./file_source.ts";
export * from "./init.ts";
export * from "./layers.ts";
export { type MnistConditions, mnistUnet } from "./mnist_unet.ts";
export { mnistClassifier } from "./mnist_classifier.ts";
export * from "./deepfloyd/mod.ts";
export * from "./unet2d/mod.ts";
export { type ClassEmbedding, labelShape } from "./unet/class_embedding.ts";
export type { SinusoidalStyle } from "./unet/timestep_embedding.ts";
export type { UnetActivation } from "./unet/activation.ts";
export * from "./lora/mod.ts";
export { t5Encoder, type T5Inputs, type T5Options } from "./t5.ts";
export { readT5Config, type T5Config } from "./t5_config.ts";
