/** A UNet's `config.json`, by diffusers' names for DeepFloyd IF. */
import type { Config } from "../../checkpoints/config.ts";
import type { UnetActivation } from "../unet/activation.ts";
import { type ClassEmbedding, readClassEmbedding } from "../unet/class_embedding.ts";
import {
  MAX_RESNETS,
  MAX_WIDTH,
  readActivation,
  readBlockTypes,
  readEpsilon,
  readFrequencyShift,
  readGroups,
  readScale,
  readWidths,
  SIZES,
  WIDTHS,
} from "../unet/config_values.ts";

/** The name of an activation. */
export type DeepFloydActivation = UnetActivation;

/** The attention of a block. */
export interface DeepFloydAttention {
  /** Channels of one head; divides the block's channels. */
  readonly headWidth: number;
  /** Whether an image attends to the text alone, and not to itself as well. */
  readonly textOnly: boolean;
}

/** One block of the way down, of the middle or of the way up. */
export interface DeepFloydBlock {
  /** Channels of its images. */
  readonly channels: number;
  /** How many residual blocks it has. */
  readonly resnets: number;
  /** The attention behind each of them (in the middle: between the two); undefined where there is none. */
  readonly attention?: DeepFloydAttention;
}

/** A UNet of the family: stage I draws images, stage II enlarges them. */
export interface DeepFloydConfig {
  /** Height and width that it was trained at, in pixels. */
  readonly size: number;
  /** What height and width of its images are multiples of: 2 to the number of levels less one. */
  readonly sizeStep: number;
  /** Channels that go in: those of the noisy image, and where it enlarges those of the low-resolution one. */
  readonly inChannels: number;
  /** Channels that come out: those of the estimate, and where it learns a variance as many again. */
  readonly outChannels: number;
  /** Whether it enlarges images, conditioned on the noise level of the low-resolution ones (a "class" from 0). */
  readonly enlarges: boolean;
  /** Its class embedding; for a super-resolution network that of the noise level. Undefined for networks without classes. */
  readonly classes?: ClassEmbedding;
  /** The blocks of the way down, from the largest images to the smallest; each but the last halves them. */
  readonly down: readonly DeepFloydBlock[];
  /** The block in the middle. */
  readonly mid: DeepFloydBlock;
  /** The blocks of the way up, from the smallest images to the largest; each but the last doubles them. */
  readonly up: readonly DeepFloydBlock[];
  /** Groups of the group norms, but for those over the text, which have {@linkcode TEXT_GROUPS}. */
  readonly groups: number;
  /** What the group norms add to a variance, but for those of the attention, which add 1e-5. */
  readonly epsilon: number;
  /** Channels of the text as it comes from the encoder. */
  readonly textWidth: number;
  /** Channels of the text that images attend to. */
  readonly contextWidth: number;
  /** Whether a linear layer leads from the one to the other; otherwise they are equal. */
  readonly projectsText: boolean;
  /** Whether the text, pooled to one vector, is added to the time embedding. */
  readonly poolsText: boolean;
  /** Whether the text is normed before images attend to it. */
  readonly normsText: boolean;
  /** Heads of the attention that pools the text. */
  readonly poolingHeads: number;
  /** Channels of the embedding of time, text and noise level. */
  readonly embeddingWidth: number;
  /** Whether the cosines come before the sines in the embedding of a number. */
  readonly cosineFirst: boolean;
  /** What is taken off the number of frequencies where they are spread. */
  readonly frequencyShift: number;
  /** The activation, everywhere. */
  readonly activation: DeepFloydActivation;
  /** Whether the embedding scales and shifts in the residual blocks; else it is added. */
  readonly scaleShift: boolean;
  /** An activation of the whole embedding, once. */
  readonly embeddingActivation?: DeepFloydActivation;
  /** Whether the residual blocks apply the activation to the embedding (again). */
  readonly blocksActivateEmbedding: boolean;
  /** What the outputs of residual blocks are divided by on the way down and up. */
  readonly outputScale: number;
  /** The same in the middle. */
  readonly midOutputScale: number;
}

/** Groups of the norms over the text; no key changes them. */
export const TEXT_GROUPS = 32;

/** The types of class embeddings that the class knows. */
const CLASS_KINDS = ["timestep", "identity", "projection", "simple_projection"] as const;

/** The block types, and whether they attend. */
const DOWN_BLOCKS: Readonly<Record<string, boolean>> = {
  ResnetDownsampleBlock2D: false,
  SimpleCrossAttnDownBlock2D: true,
};
const UP_BLOCKS: Readonly<Record<string, boolean>> = {
  SimpleCrossAttnUpBlock2D: true,
  ResnetUpsampleBlock2D: false,
};

/** Keys of the class that only have one value in this family, which is also their default. */
const NULLS = [
  "timestep_post_act",
  "time_cond_proj_dim",
  "num_attention_heads",
  "quantization_config",
] as const;
const FALSES = ["center_input_sample", "class_embeddings_concat", "dual_cross_attention"] as const;

/**
 * Reads the configuration of a `UNet2DConditionModel` of DeepFloyd IF's family. Keys that are absent have the
 * defaults that diffusers gives them; keys without a meaning for these blocks are not looked at.
 *
 * @throws {CheckpointError} if it is that of another network: the message names the key, its value and what is
 * expected.
 */
export function readDeepFloydConfig(config: Config): DeepFloydConfig {
  config.choice("_class_name", ["UNet2DConditionModel"], "UNet2DConditionModel");
  checkFamily(config);
  const groups = readGroups(config);
  const widths = readWidths(config, groups, 2);
  const levels = widths.length;
  const embeddingWidth = config.has("time_embedding_dim")
    ? config.whole("time_embedding_dim", WIDTHS)
    : 4 * widths[0];
  const classes = readClassEmbedding(config, CLASS_KINDS, embeddingWidth);
  const enlarges = classes?.kind === "timestep" && hasLowResolution(config);
  const size = config.whole("sample_size", SIZES);
  const sizeStep = 2 ** (levels - 1);
  if (size % sizeStep !== 0) config.fail("sample_size", `a multiple of ${sizeStep}, for ${levels} levels,`);
  return {
    size,
    sizeStep,
    ...channels(config, enlarges),
    enlarges,
    classes,
    ...blocks(config, widths),
    groups,
    epsilon: readEpsilon(config),
    ...text(config),
    embeddingWidth,
    cosineFirst: config.boolean("flip_sin_to_cos", true),
    frequencyShift: readFrequencyShift(config, widths[0]),
    activation: readActivation(config, "act_fn"),
    scaleShift:
      config.choice("resnet_time_scale_shift", ["scale_shift", "default"], "default") === "scale_shift",
    embeddingActivation: config.has("time_embedding_act_fn")
      ? readActivation(config, "time_embedding_act_fn")
      : undefined,
    blocksActivateEmbedding: !config.boolean("resnet_skip_time_act", false),
    outputScale: readScale(config, "resnet_out_scale_factor"),
    midOutputScale: readScale(config, "mid_block_scale_factor"),
  };
}

function checkFamily(config: Config): void {
  config.choice("mid_block_type", ["UNetMidBlock2DSimpleCrossAttn"]);
  if (config.has("addition_embed_type")) config.choice("addition_embed_type", ["text"]);
  if (config.has("cross_attention_norm")) config.choice("cross_attention_norm", ["group_norm"]);
  config.choice("time_embedding_type", ["positional"], "positional");
  for (const key of ["conv_in_kernel", "conv_out_kernel"]) config.choice(key, [3], 3);
  for (const key of NULLS) if (config.has(key)) config.fail(key, "null");
  for (const key of FALSES) if (config.boolean(key, false)) config.fail(key, "false");
  // These have layers that look at boxes; every other type is the same to these blocks.
  const boxes = ["gated", "gated-text-image"].includes(config.text("attention_type", "default"));
  if (boxes) config.fail("attention_type", '"default"');
}

/**
 * Whether a network conditioned on a number takes low-resolution images too; not if its output has twice the channels of its input, an
 * estimate and a variance: then the number is a class.
 */
function hasLowResolution(config: Config): boolean {
  return 2 * config.whole("in_channels", WIDTHS, 4) !== config.whole("out_channels", WIDTHS, 4);
}

function channels(config: Config, enlarges: boolean): Pick<DeepFloydConfig, "inChannels" | "outChannels"> {
  const inChannels = config.whole("in_channels", WIDTHS, 4);
  if (enlarges && inChannels % 2 !== 0) {
    config.fail("in_channels", "an even number, for a picture and a low-resolution one,");
  }
  const image = enlarges ? inChannels / 2 : inChannels;
  return { inChannels, outChannels: config.choice("out_channels", [image, 2 * image], 4) };
}

function blocks(config: Config, widths: readonly number[]): Pick<DeepFloydConfig, "down" | "mid" | "up"> {
  const levels = widths.length;
  const last = levels - 1;
  const downAttends = readBlockTypes(config, "down_block_types", DOWN_BLOCKS, levels);
  const upAttends = readBlockTypes(config, "up_block_types", UP_BLOCKS, levels);
  const resnets = wholePerLevel(config, "layers_per_block", levels, 2, MAX_RESNETS);
  const headWidths = wholePerLevel(config, "attention_head_dim", levels, 8, MAX_WIDTH);
  const textOnly = onlyCrossAttention(config, levels);
  const attention = (width: number, head: number, alone: boolean): DeepFloydAttention => {
    const headWidth = headWidths[head];
    if (width % headWidth !== 0) config.fail("attention_head_dim", `a divisor of ${width} channels`);
    return { headWidth, textOnly: alone };
  };
  return {
    down: widths.map((width, i) => ({
      channels: width,
      resnets: resnets[i],
      attention: downAttends[i] ? attention(width, i, textOnly.levels[i]) : undefined,
    })),
    mid: { channels: widths[last], resnets: 2, attention: attention(widths[last], last, textOnly.mid) },
    // From the smallest images on: all lists are turned round but, in diffusers, that of the head widths.
    up: widths.map((_, i) => ({
      channels: widths[last - i],
      resnets: resnets[last - i] + 1,
      attention: upAttends[i] ? attention(widths[last - i], i, textOnly.levels[last - i]) : undefined,
    })),
  };
}

/** A whole number from 1 to `max` for each level: a list, or one number for all. */
function wholePerLevel(
  config: Config,
  key: string,
  levels: number,
  fallback: number,
  max: number,
): readonly number[] {
  if (!Array.isArray(config.values[key])) {
    return Array<number>(levels).fill(config.whole(key, { min: 1, max }, fallback));
  }
  const list = config.numbers(key);
  if (list.length !== levels || list.some((n) => !(Number.isInteger(n) && n >= 1 && n <= max))) {
    config.fail(key, `a whole number from 1 to ${max}, or a list of ${levels},`);
  }
  return list;
}

/** Where images attend to the text alone: a list, or one value, which then counts for the middle too. */
function onlyCrossAttention(config: Config, levels: number): { levels: readonly boolean[]; mid: boolean } {
  const key = "only_cross_attention";
  const value = config.values[key];
  let list: readonly boolean[];
  let mid = false;
  if (Array.isArray(value)) {
    if (value.length !== levels || value.some((item) => typeof item !== "boolean")) {
      config.fail(key, `true or false, or a list of ${levels},`);
    }
    list = value;
  } else {
    mid = config.boolean(key, false);
    list = Array<boolean>(levels).fill(mid);
  }
  // Null is no value of its own here.
  const own = "mid_block_only_cross_attention";
  return { levels: list, mid: config.has(own) ? config.boolean(own) : mid };
}

function text(
  config: Config,
): Pick<
  DeepFloydConfig,
  "textWidth" | "contextWidth" | "projectsText" | "poolsText" | "normsText" | "poolingHeads"
> {
  const normsText = config.has("cross_attention_norm");
  const poolsText = config.has("addition_embed_type");
  const widths = config.values["cross_attention_dim"];
  const contextWidth = Array.isArray(widths) && widths.every((width) => width === widths[0])
    ? widths[0]
    : config.whole("cross_attention_dim", WIDTHS, 1280);
  if (
    !Number.isInteger(contextWidth) || contextWidth < 1 || contextWidth > MAX_WIDTH ||
    (normsText && contextWidth % TEXT_GROUPS !== 0)
  ) {
    config.fail("cross_attention_dim", normsText ? `a multiple of ${TEXT_GROUPS}` : "a whole number");
  }
  const projectsText = config.has("encoder_hid_dim");
  if (config.has("encoder_hid_dim_type")) {
    config.choice("encoder_hid_dim_type", ["text_proj"]);
    if (!projectsText) config.fail("encoder_hid_dim", "a number, the width of the text,");
  }
  const textWidth = projectsText ? config.whole("encoder_hid_dim", WIDTHS) : contextWidth;
  const poolingHeads = config.whole("addition_embed_type_num_heads", WIDTHS, 64);
  if (poolsText && textWidth % poolingHeads !== 0) {
    config.fail("addition_embed_type_num_heads", `a divisor of ${textWidth}, the width of the text,`);
  }
  return { textWidth, contextWidth, projectsText, poolsText, normsText, poolingHeads };
}
