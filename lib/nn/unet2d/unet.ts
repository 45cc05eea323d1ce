/** The UNet of DDPM and its like: diffusers' `UNet2DModel`, with its names for the parameters. */
import {
  add,
  cast,
  concat,
  cos,
  div,
  log,
  mul,
  pad,
  reshape,
  sin,
  sub,
  upsampleNearest2d,
  type Value,
} from "../../onnx/mod.ts";
import { normal } from "../init.ts";
import { convLayer, embeddingLayer, groupNormLayer } from "../layers.ts";
import type { Scope } from "../scope.ts";
import { activate } from "../unet/activation.ts";
import { classEmbedding } from "../unet/class_embedding.ts";
import { resnet, type ResnetOptions } from "../unet/resnet.ts";
import { sinusoidalEmbedding, vectorEmbedding } from "../unet/timestep_embedding.ts";
import { selfAttention } from "./attention.ts";
import type { Unet2DAttention, Unet2DBlock, Unet2DConfig } from "./config.ts";

/** What a network sees. */
export interface Unet2DInputs {
  /** The noisy images, `[N, inChannels, H, W]`. */
  readonly x: Value;
  /** The timestep of each image, float32 `[N]`; above 0 where the time embedding is `fourier`. */
  readonly t: Value;
  /** Where the network has classes: each image's, float32 `[N]`, or `[N, embeddingWidth]` where classes are vectors. */
  readonly classLabel?: Value;
}

/** The standard deviation of the frequencies that the time embedding `fourier` starts from. */
const FOURIER_SCALE = 16;

/**
 * The network of "Denoising Diffusion Probabilistic Models" (Ho et al. 2020, appendix B), as diffusers' `UNet2DModel` has it: residual
 * blocks on the way down and up, with attention at some sizes, under an embedding of the timestep and perhaps of a class.
 *
 * @param config What {@linkcode readUnet2DConfig} reads.
 * @returns The estimate and, behind it on axis 1, the variance where the network learns one: `[N, outChannels, H, W]`
 * @throws {GraphError} if shapes do not fit, or the class is missing or superfluous; H and W are known, and multiples of `sizeStep`.
 *
 * @example How many parameters the network of CIFAR-10 has.
 * ```ts
 * import { Config } from "@denoise/denoise/checkpoints";
 * import { declare, readUnet2DConfig } from "@denoise/denoise/nn";
 * import { sizeOf } from "@denoise/denoise/tensors";
 *
 * const config = readUnet2DConfig(
 *   new Config("config.json", {
 *     sample_size: 32,
 *     attention_head_dim: null,
 *     block_out_channels: [128, 256, 256, 256],
 *     down_block_types: ["DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"],
 *     up_block_types: ["UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"],
 *   }),
 * );
 * const { parameters } = declare((scope) => {
 *   const x = scope.graph.input("x", "float32", ["batch", 3, 32, 32]);
 *   unet2D(scope, config, { x, t: scope.graph.input("t", "float32", ["batch"]) });
 * });
 * console.log(parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)); // 35746307
 * ```
 */
export function unet2D(scope: Scope, config: Unet2DConfig, { x, t, classLabel }: Unet2DInputs): Value {
  const { down, mid, up, groups, epsilon } = config;
  if ((config.classes !== undefined) !== (classLabel !== undefined)) {
    scope.graph.fail("unet2d", `classLabel: ${config.classes ? "missing" : "given"} in this network`);
  }
  const embedding = timeAndClass(scope, config, t, classLabel);
  const block = (path: string, value: Value, options: Omit<ResnetOptions, "scale">, scale = 1) =>
    resnet(scope.at(path), value, embedding, config, { ...options, scale });
  const attend = (path: string, value: Value, attention: Unet2DAttention | undefined, scale = 1) => {
    return attention ? selfAttention(scope.at(path), value, attention, epsilon, scale) : value;
  };
  const layers = (path: string, value: Value, j: number, { channels, attention }: Unet2DBlock) => {
    const next = block(`${path}.resnets.${j}`, value, { channels });
    return attend(`${path}.attentions.${j}`, next, attention);
  };

  const seen = config.centersInput ? scope.build(() => sub(mul(x, 2), 1)) : x;
  let h = convLayer(scope.at("conv_in"), seen, down[0].channels, 3, { padding: 1 });
  const skips = [h];
  for (const [i, level] of down.entries()) {
    const path = `down_blocks.${i}`;
    for (let j = 0; j < level.resnets; j++) skips.push(h = layers(path, h, j, level));
    if (level.resampler) {
      const at = `${path}.downsamplers.0`;
      h = level.resampler === "conv"
        ? halved(scope.at(at), h, config.downPadding)
        : block(at, h, { resample: "half" });
      skips.push(h);
    }
  }
  if (mid) {
    h = block("mid_block.resnets.0", h, {}, mid.outputScale);
    h = attend("mid_block.attentions.0", h, mid.attention, mid.outputScale);
    h = block("mid_block.resnets.1", h, {}, mid.outputScale);
  }
  for (const [i, level] of up.entries()) {
    const path = `up_blocks.${i}`;
    for (let j = 0; j < level.resnets; j++) h = layers(path, concat([h, skips.pop()!], 1), j, level);
    if (level.resampler) {
      const at = `${path}.upsamplers.0`;
      h = level.resampler === "conv" ? doubled(scope.at(at), h) : block(at, h, { resample: "double" });
    }
  }
  // Silu, whatever the activation of the residual blocks is.
  const last = activate(groupNormLayer(scope.at("conv_norm_out"), h, groups, epsilon), "silu");
  const out = convLayer(scope.at("conv_out"), last, config.outChannels, 3, { padding: 1 });
  if (config.time.kind !== "fourier") return out;
  return scope.build(() => div(out, reshape(t, [t.shape[0], 1, 1, 1])));
}

/** Images of half the size by a convolution: `conv`. */
function halved(scope: Scope, x: Value, padding: 0 | 1): Value {
  // Without padding it is one row below and one column to the right, as in TensorFlow, where these networks come from.
  const padded = padding === 1 ? x : scope.build(() => pad(x, [[0, 0], [0, 0], [0, 1], [0, 1]]));
  return convLayer(scope.at("conv"), padded, x.shape[1] as number, 3, { stride: 2, padding });
}

/** Images of twice the size, and a convolution: `conv`. */
function doubled(scope: Scope, x: Value): Value {
  const large = scope.build(() => upsampleNearest2d(x, 2));
  return convLayer(scope.at("conv"), large, x.shape[1] as number, 3, { padding: 1 });
}

/** The embedding of timestep and class, activated: `time_proj`, `time_embedding`, `class_embedding`. */
function timeAndClass(scope: Scope, config: Unet2DConfig, t: Value, classLabel: Value | undefined): Value {
  const { embeddingWidth, classes } = config;
  const style = { embeddingWidth, activation: "silu" } as const;
  const waves = (numbers: Value) => timeWaves(scope.at("time_proj"), config, numbers);
  const time = vectorEmbedding(scope.at("time_embedding"), waves(t), style);
  const sum = classes && classLabel
    ? add(time, classEmbedding(scope.at("class_embedding"), classLabel, classes, waves, style))
    : time;
  return scope.build(() => activate(sum, config.activation));
}

/** What the embedding is made of: sines and cosines of the timestep, or its row in a table. */
function timeWaves(scope: Scope, { time, down }: Unet2DConfig, t: Value): Value {
  const width = down[0].channels;
  switch (time.kind) {
    case "positional":
      return scope.build(() => sinusoidalEmbedding(t, width, time));
    case "fourier":
      return scope.build(() => {
        const frequencies = scope.parameter("weight", [width], normal(FOURIER_SCALE));
        const angles = mul(
          mul(log(reshape(t, [t.shape[0], 1])), reshape(frequencies, [1, width])),
          2 * Math.PI,
        );
        return concat([sin(angles), cos(angles)], 1);
      });
    case "learned":
      return embeddingLayer(scope, scope.build(() => cast(t, "int64")), time.count, width);
  }
}
