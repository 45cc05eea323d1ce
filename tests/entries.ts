/** All that the library's entries export, but for the graphs', whose names mean something else. */
export * from "../lib/checkpoints/mod.ts";
export * from "../lib/checkpoints/hub.ts";
export * from "../lib/diffusion/mod.ts";
export * from "../lib/diffusion/samplers/mod.ts";
export * from "../lib/effects/mod.ts";
export * from "../lib/errors.ts";
export * from "../lib/generation/mod.ts";
export * from "../lib/image.ts";
export * from "../lib/models/mod.ts";
export * from "../lib/nn/mod.ts";
export * from "../lib/pipelines/mod.ts";
export * from "../lib/platform/mod.ts";
export * from "../lib/random.ts";
export * from "../lib/tensor.ts";
export * from "../lib/text/mod.ts";
export * from "../lib/training/mod.ts";
export { SessionError } from "../lib/onnx/mod.ts";
