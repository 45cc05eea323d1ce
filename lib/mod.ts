/**
 * Diffusion models in TypeScript: sample from them, and compose effects over them, on ONNX Runtime.
 *
 * Everything that draws images is one loop, {@linkcode sample}, over a {@linkcode Denoiser}, a plan of questions to
 * {@linkcode Model}s, with a {@linkcode Sampler}, a function of one step.
 *
 * Most programs need nothing else. Each subject also has a complete entry of its own:
 *
 * - `tensors`, `random`, `images`: arrays, noise, image files;
 * - `diffusion`, `samplers`: schedules, timesteps, predictions, thresholds; steps, also by name;
 * - `effects`: guidance, views, splits; `pipelines`: DeepFloyd IF's, with their options;
 * - `models`: describing and opening each kind of model; `checkpoints`, `hub`, `text`: the files and tokenizers beneath;
 * - `nn`, `train`, `onnx`: networks, training, and the graphs beneath both;
 * - `generation`: options as data, for forms and command lines; `errors`, `platform`.
 *
 * Opening a model loads native code and reads weights, which needs `--allow-ffi` and `--allow-read`.
 *
 * @example Draw four digits.
 * ```ts
 * import { encodePng, openMnistModel, sampleDigits, sampleToEnd } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("mnist-class");
 * const digits = await sampleToEnd(sampleDigits(model, [2, 0, 2, 4], { seed: 7 }));
 * const png = encodePng(digits, { range: model.spec.range }); // Deno.writeFile("digits.png", png)
 * ```
 *
 * @module
 */

// Arrays, noise, images; the error that every function throws for an invalid argument.
export { ArgumentError } from "./argument_error.ts";
export { full, type Tensor, tensor, zeros } from "./tensor.ts";
export { Generator } from "./random.ts";
export {
  decodeImage,
  decodeMask,
  encodeGif,
  encodePng,
  grid,
  ImageError,
  type PixelRange,
  resize,
} from "./image.ts";

// Opening a model.
export { type AnyModel, listModels, loadModel, UnknownModelError } from "./models/load.ts";
export type { OpenOptions } from "./models/batched_session.ts";
export { MnistModel, openMnistModel } from "./models/mnist.ts";
export { MnistDenoiser, openMnistDenoiser } from "./models/mnist_denoiser.ts";
export { MnistClassifier, openMnistClassifier } from "./models/mnist_classifier.ts";
export { openTextToImage, TextToImage } from "./pipelines/open_text_to_image.ts";
export type { DeviceChoice } from "./onnx/device.ts";

// The loop and its vocabulary.
export { sample, type SampleOptions, type SampleStep, sampleToEnd } from "./diffusion/sample.ts";
export { join } from "./diffusion/plan.ts";
export type {
  Condition,
  Constraint,
  Denoiser,
  Input,
  Model,
  ModelSpec,
  Noise,
  Plan,
  Prediction,
  PredictionType,
  Query,
  Sampler,
  SamplerStep,
} from "./diffusion/types.ts";

// Samplers, schedules, timesteps.
export {
  createSampler,
  ddim,
  ddpm,
  dpmSolverPlusPlus2M,
  heun,
  type SamplerName,
} from "./diffusion/samplers/mod.ts";
export {
  addNoise,
  alpha,
  cosineSchedule,
  type DiscreteSchedule,
  linearSchedule,
  type NoiseSchedule,
  sigma,
} from "./diffusion/schedule.ts";
export { cleanFromNoise } from "./diffusion/prediction.ts";
export { trailingTimesteps } from "./diffusion/timesteps.ts";
export { weightedSum } from "./diffusion/weighted_sum.ts";

// Effects: denoisers made of denoisers.
export { anagram, type AnagramPart } from "./effects/anagram.ts";
export { compositeByMask } from "./effects/composite.ts";
export { conditioned } from "./effects/conditioned.ts";
export { guided } from "./effects/guided.ts";
export { hybrid, type HybridPart } from "./effects/hybrid.ts";
export { keepOriginal } from "./effects/keep_original.ts";
export { frequencies, type Part } from "./effects/parts/mod.ts";
export { renoiseOriginal } from "./effects/renoise_original.ts";
export { createView, flip, identity, rotate, type View } from "./effects/views/mod.ts";

// Pipelines.
export { sampleDigits } from "./pipelines/sample_digits.ts";
export { textToImage } from "./pipelines/text_to_image.ts";
export { imageToImage } from "./pipelines/image_to_image.ts";
export { inpaint } from "./pipelines/inpaint.ts";
export { superResolution } from "./pipelines/super_resolution.ts";
export { cascade } from "./pipelines/cascade.ts";
export { sampleOptions } from "./pipelines/sampling.ts";
export { textDenoisers } from "./pipelines/text_denoiser.ts";
export { prepareImage, prepareMask } from "./pipelines/prepare_image.ts";
