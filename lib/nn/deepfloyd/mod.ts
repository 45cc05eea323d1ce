/** DeepFloyd IF's UNet as functions that write graphs, and its configuration. */
export {
  type DeepFloydActivation,
  type DeepFloydAttention,
  type DeepFloydBlock,
  type DeepFloydConfig,
  readDeepFloydConfig,
} from "./config.ts";
export type { TextKeys } from "./attention.ts";
export {
  type AttentionObserver,
  deepFeatureChannels,
  type DeepFeatures,
  type DeepFloydAttentionLayer,
  deepFloydAttentionLayers,
  deepFloydContext,
  type DeepFloydPrompt,
  deepFloydPrompt,
  type DeepFloydPromptInputs,
  deepFloydStep,
  type DeepFloydStepInputs,
  deepFloydUnet,
  longestBranch,
} from "./unet.ts";
