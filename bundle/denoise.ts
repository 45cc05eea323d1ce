/** The library as one module for web pages: what `@denoise/denoise` has, and the other entries by their names. */
import { useManifest } from "../lib/platform/mod.ts";

export * from "../lib/mod.ts";
export * as checkpoints from "../lib/checkpoints/mod.ts";
export * as diffusion from "../lib/diffusion/mod.ts";
export * as effects from "../lib/effects/mod.ts";
export * as generation from "../lib/generation/mod.ts";
export * as images from "../lib/image.ts";
export * as models from "../lib/models/mod.ts";
export * as nn from "../lib/nn/mod.ts";
export * as onnx from "../lib/onnx/mod.ts";
export * as operators from "../lib/onnx/ops/mod.ts";
export * as optimizers from "../lib/onnx/optimizers.ts";
export * as pipelines from "../lib/pipelines/mod.ts";
export * as platform from "../lib/platform/mod.ts";
export * as random from "../lib/random.ts";
export * as samplers from "../lib/diffusion/samplers/mod.ts";
export * as tensors from "../lib/tensor.ts";
export * as text from "../lib/text/mod.ts";
export * as train from "../lib/training/mod.ts";

useManifest(new URL("./models/files.json", import.meta.url));
