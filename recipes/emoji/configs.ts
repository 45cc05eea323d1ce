/** The configuration files of the cascade's folders, as diffusers and transformers write them. */
import { ArgumentError } from "../../lib/errors.ts";

/** The text encoder: T5 v1.1 (Raffel et al. 2020), small. */
export const TEXT_WIDTH = 128;

/** Positions of a text: captions are short, and padding is attended to and averaged. */
export const TEXT_LENGTH = 24;

/** Channels of one attention head. */
const HEAD_WIDTH = 32;

/** Channels of one group of stage I's norms at its first level. */
const GROUP_WIDTH = 4;

/** The number of timesteps. */
export const TIMESTEPS = 1000;

/** `text_encoder/config.json`. */
export function textEncoderConfig(pieces: number): Record<string, unknown> {
  return {
    architectures: ["T5EncoderModel"],
    model_type: "t5",
    d_model: TEXT_WIDTH,
    d_kv: 32,
    num_heads: 4,
    num_layers: 2,
    d_ff: 256,
    vocab_size: pieces,
    feed_forward_proj: "gated-gelu",
    relative_attention_num_buckets: 32,
    relative_attention_max_distance: 128,
    layer_norm_epsilon: 1e-6,
    dropout_rate: 0,
    is_encoder_decoder: false,
    use_cache: false,
    tie_word_embeddings: false,
    pad_token_id: 0,
    eos_token_id: 1,
  };
}

/** `tokenizer/tokenizer_config.json`. */
export const tokenizerConfig: Record<string, unknown> = {
  tokenizer_class: "T5Tokenizer",
  eos_token: "</s>",
  pad_token: "<pad>",
  unk_token: "<unk>",
  extra_ids: 0,
  model_max_length: TEXT_LENGTH,
};

/** `model_index.json` of a stage. */
export function pipelineIndex(
  className: "IFPipeline" | "IFSuperResolutionPipeline",
): Record<string, unknown> {
  return {
    _class_name: className,
    _diffusers_version: "0.35.0",
    scheduler: ["diffusers", "DDPMScheduler"],
    ...(className === "IFSuperResolutionPipeline" &&
      { image_noising_scheduler: ["diffusers", "DDPMScheduler"] }),
    text_encoder: ["transformers", "T5EncoderModel"],
    tokenizer: ["transformers", "T5Tokenizer"],
    unet: ["diffusers", "UNet2DConditionModel"],
    feature_extractor: [null, null],
    safety_checker: [null, null],
    watermarker: [null, null],
    requires_safety_checker: false,
  };
}

/** `tokenizer/special_tokens_map.json`. */
export const specialTokens: Record<string, unknown> = {
  eos_token: "</s>",
  pad_token: "<pad>",
  unk_token: "<unk>",
};

/** The common configuration of both stages' UNets. */
const common = {
  _class_name: "UNet2DConditionModel",
  _diffusers_version: "0.35.0",
  act_fn: "gelu",
  addition_embed_type: "text",
  addition_embed_type_num_heads: 4,
  attention_head_dim: HEAD_WIDTH,
  cross_attention_dim: TEXT_WIDTH,
  cross_attention_norm: "group_norm",
  encoder_hid_dim: TEXT_WIDTH,
  encoder_hid_dim_type: "text_proj",
  flip_sin_to_cos: true,
  freq_shift: 0,
  layers_per_block: 1,
  mid_block_type: "UNetMidBlock2DSimpleCrossAttn",
  norm_eps: 1e-5,
  norm_num_groups: 8,
  out_channels: 6,
  resnet_time_scale_shift: "scale_shift",
  time_embedding_dim: 256,
};

/** Which levels attend to the text: block types of the way down and of the way up. */
function blockTypes(attends: readonly boolean[]): Record<string, string[]> {
  return {
    down_block_types: attends.map((yes) => yes ? "SimpleCrossAttnDownBlock2D" : "ResnetDownsampleBlock2D"),
    up_block_types: attends.map((yes) => yes ? "SimpleCrossAttnUpBlock2D" : "ResnetUpsampleBlock2D")
      .reverse(),
  };
}

/** Throws unless heads fit into every level that attends. */
function assertWidth(width: number, step: number): void {
  if (width % step === 0) return;
  throw new ArgumentError("width", width, `a multiple of ${step}`);
}

/** Channels of stage I's levels. */
export function stageOneChannels(width: number): number[] {
  return [width, 2 * width, 4 * width];
}

/**
 * `unet/config.json` of stage I: attends from the second level on.
 *
 * @param width The channels of the first level.
 * @param size Height and width of its pictures.
 * @param layers Residual blocks of each level on the way down; there is one more on the way up.
 */
export function stageOneConfig(width: number, size: number, layers = 1): Record<string, unknown> {
  assertWidth(width, HEAD_WIDTH / 2);
  return {
    ...common,
    ...blockTypes([false, true, true]),
    block_out_channels: stageOneChannels(width),
    in_channels: 3,
    layers_per_block: layers,
    // Groups keep their width, so that a wider network can begin as a smaller one.
    norm_num_groups: width / GROUP_WIDTH,
    only_cross_attention: false,
    sample_size: size,
  };
}

/** `unet/config.json` of stage II, which enlarges: the smallest pictures alone attend, to the text alone. */
export function stageTwoConfig(width: number, size: number): Record<string, unknown> {
  assertWidth(width, HEAD_WIDTH / 4);
  return {
    ...common,
    ...blockTypes([false, false, false, true]),
    block_out_channels: [width, 2 * width, 3 * width, 4 * width],
    in_channels: 6,
    only_cross_attention: true,
    sample_size: size,
    class_embed_type: "timestep",
    mid_block_scale_factor: Math.SQRT2,
    resnet_out_scale_factor: Math.SQRT2,
    resnet_skip_time_act: true,
    time_embedding_act_fn: "gelu",
  };
}

/** `scheduler/scheduler_config.json`. */
export function schedulerConfig({ ratio, max }: { ratio: number; max: number }): Record<string, unknown> {
  return {
    _class_name: "DDPMScheduler",
    beta_schedule: "squaredcos_cap_v2",
    num_train_timesteps: TIMESTEPS,
    prediction_type: "v_prediction",
    variance_type: "learned_range",
    thresholding: true,
    dynamic_thresholding_ratio: ratio,
    sample_max_value: max,
    clip_sample: true,
    clip_sample_range: 1,
    timestep_spacing: "leading",
    steps_offset: 0,
    // Where DPM-Solver begins, as in DeepFloyd IF's own files.
    lambda_min_clipped: -5.1,
  };
}
