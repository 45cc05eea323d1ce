/**
 * Running models: finding them, what their folders say of them, and opening each kind.
 *
 * @example
 * ```ts
 * import { openModelFolder } from "@denoise/denoise/models";
 *
 * const { kind, sampling } = await openModelFolder("emoji-I");
 * console.log(kind, sampling.numInferenceSteps); // text-to-image 20
 * ```
 *
 * @module
 */
export { type AnyModel, findModel, listModels, loadModel, UnknownModelError } from "./load.ts";
export { BatchedSession, type OpenOptions } from "./batched_session.ts";
export {
  type DeepFloydCondition,
  DeepFloydModel,
  type DeepFloydOptions,
  type DeepFloydParts,
  openDeepFloyd,
  type StepObserver,
} from "./deepfloyd.ts";
export { readTextLength } from "./deepfloyd_folder.ts";
export { describeModel, type ModelDescription } from "./describe.ts";
export { type StepOptions, StepSessions } from "./step_sessions.ts";
export { ImageSessions, type OpenForSize, type SizedSession } from "./image_sessions.ts";
export { type ModelKind, readKind } from "./kind.ts";
export { MnistModel, openMnistModel } from "./mnist.ts";
export { type Classification, MnistClassifier, openMnistClassifier } from "./mnist_classifier.ts";
export { type MnistUnetConfig, readUnetConfig } from "./mnist_config.ts";
export { MnistDenoiser, openMnistDenoiser } from "./mnist_denoiser.ts";
export { mnistUnetGraph } from "./mnist_graph.ts";
export { type ModelFolder, type ModelFolderOptions, openModelFolder } from "./model_folder.ts";
export { readSamplingDefaults, type SamplingDefaults } from "./sampling_defaults.ts";
export { isBesideT5, openT5, T5Encoder, type T5OpenOptions, t5Table } from "./t5.ts";
export {
  meanAttention,
  openTextAttention,
  TextAttention,
  type TextAttentionLayer,
  type TextAttentionOptions,
} from "./text_attention.ts";
export {
  type KnownName,
  type KnownStyle,
  type KnownWords,
  type ModelVocabulary,
  readVocabulary,
  searchVocabulary,
  type UnknownWord,
  unknownWords,
  VOCABULARY_FILE,
  type VocabularySearch,
  wordsOf,
} from "./vocabulary.ts";
export { openUnet2D, Unet2DModel, type Unet2DOptions, type Unet2DParts } from "./unet2d.ts";
export { digest, weightsDigest } from "./weights_digest.ts";
