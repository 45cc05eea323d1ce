/** The configuration of diffusers' `UNet2DModel`, the network of DDPM and its like, which knows no texts. */
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
import type { SinusoidalStyle } from "../unet/timestep_embedding.ts";

/** How a network is conditioned on the timestep, by `time_embedding_type` of diffusers. */
export type Unet2DTime =
  /** By sines and cosines at given frequencies. */
  | ({ readonly kind: "positional" } & SinusoidalStyle)
  /** By sines and cosines of its logarithm at frequencies in the checkpoint; what comes out is divided by the timestep. */
  | { readonly kind: "fourier" }
  /** By a row of a table for each of `count` timesteps. */
  | { readonly kind: "learned"; readonly count: number };

/** The attention of a block. */
export interface Unet2DAttention {
  /** Channels of one head; divides the block's channels. */
  readonly headWidth: number;
  /** Groups of its norm; undefined for none. */
  readonly groups?: number;
}

/** One block of the way down or up. */
export interface Unet2DBlock {
  /** Channels of its images. */
  readonly channels: number;
  /** How many residual blocks it has. */
  readonly resnets: number;
  /** The attention behind each of them; undefined where there is none. */
  readonly attention?: Unet2DAttention;
  /** By what it halves or doubles its images: a convolution or a residual block; undefined for the last block of its way. */
  readonly resampler?: "conv" | "resnet";
}

/** The block in the middle: two residual blocks, and attention between them. */
export interface Unet2DMid {
  /** The attention; undefined where there is none. */
  readonly attention?: Unet2DAttention;
  /** What the outputs of its layers are divided by. */
  readonly outputScale: number;
}

/** A `UNet2DModel`. */
export interface Unet2DConfig {
  /** Height and width that it was trained at, in pixels. */
  readonly size: number;
  /** What height and width of its images are multiples of: 2 to the number of levels less one. */
  readonly sizeStep: number;
  /** Channels of an image. */
  readonly inChannels: number;
  /** Channels that come out: those of the estimate, and where it learns a variance as many again. */
  readonly outChannels: number;
  /** Whether images go in as 2 x - 1. */
  readonly centersInput: boolean;
  /** Its timestep embedding. */
  readonly time: Unet2DTime;
  /** Its class embedding; undefined if it has none. */
  readonly classes?: ClassEmbedding;
  /** Channels of the embedding of time and class. */
  readonly embeddingWidth: number;
  /** The blocks of the way down, from the largest images to the smallest; each but the last halves them. */
  readonly down: readonly Unet2DBlock[];
  /** The block in the middle; undefined where there is none. */
  readonly mid?: Unet2DMid;
  /** The blocks of the way up, from the smallest images to the largest; each but the last doubles them. */
  readonly up: readonly Unet2DBlock[];
  /** Zeros around images that a convolution halves: 1 on each side, or 0, which means 1 below and to the right alone. */
  readonly downPadding: 0 | 1;
  /** Groups of the group norms. */
  readonly groups: number;
  /** What the group norms add to a variance. */
  readonly epsilon: number;
  /** The activation of the residual blocks; elsewhere it is silu. */
  readonly activation: UnetActivation;
  /** Whether the embedding scales and shifts in the residual blocks; else it is added. */
  readonly scaleShift: boolean;
}

/** What a type of block means: whether it attends, and what it halves or doubles by, where no key says so. */
interface BlockType {
  readonly attends: boolean;
  readonly resampler?: "conv" | "resnet";
}

/** The block types. Those of the oldest files begin with `UNetRes`. */
const DOWN_BLOCKS = withOldNames({
  DownBlock2D: { attends: false, resampler: "conv" },
  AttnDownBlock2D: { attends: true },
  ResnetDownsampleBlock2D: { attends: false, resampler: "resnet" },
});
const UP_BLOCKS = withOldNames({
  UpBlock2D: { attends: false, resampler: "conv" },
  AttnUpBlock2D: { attends: true },
  ResnetUpsampleBlock2D: { attends: false, resampler: "resnet" },
});

function withOldNames(types: Readonly<Record<string, BlockType>>): Readonly<Record<string, BlockType>> {
  const old = Object.entries(types).map(([name, type]) => [`UNetRes${name}`, type] as const);
  return { ...types, ...Object.fromEntries(old) };
}

/** The longest table of timesteps. */
const MAX_TIMESTEPS = 100_000;

/**
 * Reads the configuration of a `UNet2DModel`. Keys that are absent have the defaults that diffusers gives them.
 *
 * @throws {CheckpointError} if it is that of another network, or asks for what is not supported: the message names the key, its value
 * and what is expected.
 *
 * @example
 * ```ts
 * import { Config } from "@denoise/denoise/checkpoints";
 *
 * const down_block_types = ["DownBlock2D", "AttnDownBlock2D"];
 * const up_block_types = ["AttnUpBlock2D", "UpBlock2D"];
 * const values = { sample_size: 32, block_out_channels: [64, 128], down_block_types, up_block_types };
 * readUnet2DConfig(new Config("config.json", values)).sizeStep; // 2
 * ```
 */
export function readUnet2DConfig(config: Config): Unet2DConfig {
  config.choice("_class_name", ["UNet2DModel"], "UNet2DModel");
  if (config.has("quantization_config")) config.fail("quantization_config", "null");
  const groups = readGroups(config);
  const widths = readWidths(config, groups, 1);
  const sizeStep = 2 ** (widths.length - 1);
  const inChannels = config.whole("in_channels", WIDTHS, 3);
  const embeddingWidth = config.values["time_embedding_dim"]
    ? config.whole("time_embedding_dim", WIDTHS)
    : 4 * widths[0];
  const scaleShift =
    config.choice("resnet_time_scale_shift", ["default", "scale_shift"], "default") === "scale_shift";
  return {
    size: size(config, sizeStep),
    sizeStep,
    inChannels,
    outChannels: config.choice("out_channels", [inChannels, 2 * inChannels], 3),
    centersInput: config.boolean("center_input_sample", false),
    time: time(config, widths[0]),
    classes: readClassEmbedding(config, ["timestep", "identity"], embeddingWidth),
    embeddingWidth,
    ...blocks(config, widths, groups),
    mid: mid(config, widths[widths.length - 1], scaleShift ? undefined : groups),
    downPadding: config.choice("downsample_padding", [0, 1], 1),
    groups,
    epsilon: readEpsilon(config),
    activation: readActivation(config, "act_fn"),
    scaleShift,
  };
}

/** Height and width: one number, or two that are the same. */
function size(config: Config, step: number): number {
  const both = config.values["sample_size"];
  const size = Array.isArray(both) && both.length === 2 && both[0] === both[1]
    ? both[0]
    : config.whole("sample_size", SIZES);
  if (!(Number.isInteger(size) && size >= step && size <= SIZES.max && size % step === 0)) {
    config.fail("sample_size", `a multiple of ${step}, for ${Math.log2(step) + 1} levels,`);
  }
  return size;
}

function time(config: Config, width: number): Unet2DTime {
  const kind = config.choice("time_embedding_type", ["positional", "fourier", "learned"], "positional");
  switch (kind) {
    case "positional":
      return {
        kind,
        cosineFirst: config.boolean("flip_sin_to_cos", true),
        frequencyShift: readFrequencyShift(config, width),
      };
    case "fourier":
      return { kind };
    case "learned":
      return { kind, count: config.whole("num_train_timesteps", { min: 1, max: MAX_TIMESTEPS }) };
  }
}

function blocks(
  config: Config,
  widths: readonly number[],
  groups: number,
): Pick<Unet2DConfig, "down" | "up"> {
  const levels = widths.length;
  const down = readBlockTypes(config, "down_block_types", DOWN_BLOCKS, levels);
  const up = readBlockTypes(config, "up_block_types", UP_BLOCKS, levels);
  const resnets = config.whole("layers_per_block", { min: 1, max: MAX_RESNETS }, 2);
  const block = (type: BlockType, channels: number, resnets: number, key: string, isLast: boolean) => {
    // The key is that of blocks which attend; the others are of one kind each.
    const resampler = type.resampler ?? config.choice(key, ["conv", "resnet"], "conv");
    return {
      channels,
      resnets,
      ...(type.attends && { attention: { headWidth: headWidth(config, channels), groups } }),
      ...(!isLast && { resampler }),
    };
  };
  return {
    down: down.map((type, i) => block(type, widths[i], resnets, "downsample_type", i === levels - 1)),
    up: up.map((type, i) => {
      return block(type, widths[levels - 1 - i], resnets + 1, "upsample_type", i === levels - 1);
    }),
  };
}

/** Null is one head. */
function headWidth(config: Config, channels: number): number {
  const key = "attention_head_dim";
  if (config.isNull(key)) return channels;
  const width = config.whole(key, { min: 1, max: MAX_WIDTH }, 8);
  return channels % width === 0 ? width : config.fail(key, `a divisor of ${channels} channels, or null,`);
}

/** `groups` are those of the attention's norm, unless the configuration has others. */
function mid(config: Config, channels: number, groups: number | undefined): Unet2DMid | undefined {
  if (config.isNull("mid_block_type")) return undefined;
  config.choice("mid_block_type", ["UNetMidBlock2D"], "UNetMidBlock2D");
  const outputScale = readScale(config, "mid_block_scale_factor");
  if (!config.boolean("add_attention", true)) return { outputScale };
  const key = "attn_norm_num_groups";
  const own = config.has(key) ? config.whole(key, WIDTHS) : groups;
  if (own !== undefined && channels % own !== 0) config.fail(key, `a divisor of ${channels} channels`);
  return {
    outputScale,
    attention: { headWidth: headWidth(config, channels), ...(own !== undefined && { groups: own }) },
  };
}
