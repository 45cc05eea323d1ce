/**
 * Diffusion models in TypeScript: sample from them, compose effects over them, and train them, on ONNX Runtime.
 *
 * Everything that draws images is one loop, {@linkcode sample}, over a {@linkcode Denoiser}, a plan of questions to
 * {@linkcode Model}s, with a {@linkcode Sampler}, a function of one step. A network is a function that takes its parameters
 * from a {@linkcode Scope} and writes an ONNX graph; a {@linkcode Trainer} makes a training step of it.
 *
 * The graph builder, its operators and its gradients are an entry of their own, `@denoise/denoise/onnx`: its `add`,
 * `concat`, `slice` and `reshape` append nodes to graphs, those here compute on tensors.
 *
 * Opening a model or a trainer loads native code, for which Deno asks `--allow-ffi`, and `--allow-read` of the weights.
 *
 * @example Draw four digits with the weights of a folder.
 * ```ts
 * import { encodePng, openMnistModel, sampleDigits, sampleToEnd } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("models/mnist-class");
 * const digits = await sampleToEnd(sampleDigits(model, [2, 0, 2, 4], { seed: 7 }));
 * const png = encodePng(digits, { range: model.spec.range }); // Deno.writeFile("digits.png", png)
 * ```
 *
 * @example Noise an image, and take the noise out again.
 * ```ts
 * import { addNoise, cleanFromNoise, full, Generator, linearSchedule } from "@denoise/denoise";
 *
 * const schedule = linearSchedule(1000);
 * const gray = full([1, 1, 8, 8], 0.5);
 * const noise = new Generator(0).randn(gray.shape);
 * const noisy = addNoise(gray, noise, 200, schedule);
 * const clean = cleanFromNoise(noisy, noise, 200, schedule); // 0.5 everywhere
 * ```
 *
 * @module
 */

// What every function throws for an argument that cannot be used.
export { ArgumentError, type ArgumentErrorOptions } from "./argument_error.ts";
export { Described, described } from "./show_value.ts";

// Arrays, noise, images.
export * from "./tensor.ts";
export * from "./random.ts";
export * from "./image.ts";

// Files, and the machine that all this runs on.
export * from "./platform/mod.ts";

// Checkpoints.
export * from "./checkpoints/safetensors.ts";
export { type Bounds, Config } from "./checkpoints/config.ts";
export { CheckpointError } from "./checkpoints/error.ts";
export { openWeights, ShardedWeights, type Weights, type WeightsOptions } from "./checkpoints/shards.ts";
export {
  findPulledModel,
  HubError,
  type HubErrorReason,
  listPulledModels,
  type PulledFile,
  type PulledManifest,
  type PulledModel,
  type PulledStorage,
  pullModel,
  type PullOptions,
  type PullProgress,
} from "./checkpoints/hub.ts";
export {
  type Checkpoint,
  type Component,
  type ComponentClass,
  isCheckpoint,
  type ModelIndex,
  openComponent,
  readCheckpoint,
  readModelIndex,
} from "./checkpoints/folder.ts";

// Diffusion: the vocabulary, the loop, schedules, samplers.
export { join } from "./diffusion/plan.ts";
export * from "./diffusion/types.ts";
export * from "./diffusion/sample.ts";
export * from "./diffusion/samplers/mod.ts";
export * from "./diffusion/schedule.ts";
export * from "./diffusion/scheduler_config.ts";
export * from "./diffusion/timesteps.ts";
export * from "./diffusion/prediction.ts";
export * from "./diffusion/threshold.ts";
export * from "./diffusion/weighted_sum.ts";

// Effects: denoisers made of denoisers.
export * from "./effects/conditioned.ts";
export * from "./effects/guided.ts";
export * from "./effects/guidance.ts";
export * from "./effects/stack_conditions.ts";
export { compositeByMask } from "./effects/composite.ts";
export * from "./effects/keep_original.ts";
export * from "./effects/renoise_original.ts";
export * from "./effects/repaint.ts";
export * from "./effects/mod.ts";
export * from "./effects/views/mod.ts";
export * from "./effects/parts/mod.ts";
export * from "./effects/slerp.ts";

// Running models.
export { type AnyModel, findModel, listModels, loadModel, UnknownModelError } from "./models/load.ts";
export { describeModel, type ModelDescription } from "./models/describe.ts";
export { BatchedSession, openNetwork, type OpenOptions } from "./models/batched_session.ts";
export { MnistModel, openMnistModel } from "./models/mnist.ts";
export { MnistDenoiser, openMnistDenoiser } from "./models/mnist_denoiser.ts";
export { type Classification, MnistClassifier, openMnistClassifier } from "./models/mnist_classifier.ts";
export type { MnistUnetConfig } from "./models/mnist_config.ts";
export {
  type DeepFloydCondition,
  DeepFloydModel,
  type DeepFloydOptions,
  type DeepFloydParts,
  openDeepFloyd,
} from "./models/deepfloyd.ts";
export { ImageSessions, type OpenForSize } from "./models/image_sessions.ts";
export { type ModelFolder, type ModelFolderOptions, openModelFolder } from "./models/model_folder.ts";
export type { ModelKind } from "./models/kind.ts";
export type { KnownName, KnownStyle, KnownWords, ModelVocabulary } from "./models/vocabulary.ts";
export { readSamplingDefaults, type SamplingDefaults } from "./models/sampling_defaults.ts";
export { openT5, T5Encoder, t5Graph, type T5OpenOptions } from "./models/t5.ts";

// From a question to images.
export * from "./pipelines/sample_digits.ts";
export * from "./pipelines/text_to_image.ts";
export * from "./pipelines/image_to_image.ts";
export * from "./pipelines/inpaint.ts";
export * from "./pipelines/super_resolution.ts";
export * from "./pipelines/image_to_image_super_resolution.ts";
export * from "./pipelines/inpaint_super_resolution.ts";
export * from "./pipelines/cascade.ts";
export * from "./pipelines/text_denoiser.ts";
export * from "./pipelines/sampling.ts";
export * from "./pipelines/open_text_to_image.ts";
export * from "./pipelines/prompt_embeddings.ts";
export * from "./pipelines/prepare_image.ts";
export * from "./pipelines/stage/upsample.ts";
export { noiseSource, type Seed, type Seeds } from "./pipelines/stage/noise_source.ts";
export { inferenceTimesteps, type TimestepsChoice } from "./pipelines/stage/inference_timesteps.ts";
export type { InpaintingRule } from "./pipelines/stage/inpainting_rule.ts";
export type { LowResolutionOptions } from "./pipelines/stage/low_resolution.ts";
export type { ImageSize } from "./pipelines/stage/image_size.ts";
export type { StageDefaults, StageModel, StageOptions } from "./pipelines/stage/stage.ts";

// Generations as a whole: their options, from what a user chooses to what images store.
export {
  type ChosenEffect,
  type FileReference,
  generate,
  type GenerationChoices,
  type GenerationDefaults,
  generationDefaults,
  generationFields,
  type GenerationInputs,
  type GenerationModels,
  type GenerationOptions,
  generationText,
  readGenerationText,
  type ResolvedChoice,
  type ResolvedModel,
  resolveGenerationOptions,
  type StoredGeneration,
  type UpscaleOptions,
  type UserChoices,
} from "./generation/mod.ts";
export type {
  ChoiceField,
  FieldOf,
  FieldsOf,
  FieldWords,
  FlagField,
  FormWords,
  NumberField,
  NumberRange,
  OptionField,
  TextField,
} from "./option_field.ts";

// Text.
export { TokenizerError } from "./text/error.ts";
export { openTokenizer } from "./text/open_tokenizer.ts";
export { SentencePieceTokenizer, type Token } from "./text/sentencepiece.ts";
export { encodeForT5, type EncodeForT5Options, type T5Tokens } from "./text/t5.ts";
export { cleanCaption, plainCaption } from "./text/clean_caption.ts";

// Networks, for those who train.
export * from "./nn/scope.ts";
export * from "./nn/sources.ts";
export * from "./nn/file_source.ts";
export * from "./nn/init.ts";
export * from "./nn/layers.ts";
export { type MnistConditions, mnistUnet } from "./nn/mnist_unet.ts";
export { mnistClassifier } from "./nn/mnist_classifier.ts";
export * from "./nn/deepfloyd/mod.ts";
export { t5Encoder, type T5Inputs, type T5Options } from "./nn/t5.ts";
export { readT5Config, type T5Config } from "./nn/t5_config.ts";

// Training.
export * from "./training/trainer.ts";
export * from "./training/training_state.ts";
export { assertSound, DivergenceError } from "./training/divergence.ts";
export * from "./training/learning_rate.ts";
export * from "./training/power_average.ts";
export * from "./training/post_hoc_average.ts";
export { buildGradientGraph, type GradientGraph, type Objective } from "./training/gradient_graph.ts";
export type { MuonRule } from "./training/muon_matrices.ts";
export { buildMuonGraph, buildUpdateGraph } from "./training/update_graph.ts";

// What the functions above speak of; graphs are built with `@denoise/denoise/onnx`.
export { SessionError } from "./onnx/session.ts";
export type {
  AdamOptions,
  Attribute,
  ConvOptions,
  ConvTransposeOptions,
  Device,
  DeviceChoice,
  Dim,
  DType,
  ExternalData,
  GradientRule,
  Graph,
  MuonOptions,
  Node,
  NodeSpec,
  Session,
  SessionOptions,
  Shape,
  Value,
} from "./onnx/mod.ts";
