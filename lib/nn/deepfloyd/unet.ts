/**
 * The UNet of DeepFloyd IF, stages I and II, with diffusers' names for its parameters.
 *
 * It comes in two parts. What depends on the prompt alone, {@linkcode deepFloydPrompt}, is computed once for a
 * prompt; {@linkcode deepFloydStep} is what each step of sampling runs. {@linkcode deepFloydUnet} is both, for
 * training.
 */
import { add, concat, transpose, type Value } from "../../onnx/mod.ts";
import { checkpoint } from "../../onnx/ops/mod.ts";
import { channelLinearLayer, convLayer, groupNormLayer } from "../layers.ts";
import type { Scope } from "../scope.ts";
import { activate } from "../unet/activation.ts";
import { attention, type TextKeys, textKeys } from "./attention.ts";
import type { DeepFloydBlock, DeepFloydConfig } from "./config.ts";
import { sinusoidalEmbedding, timestepEmbedding } from "../unet/timestep_embedding.ts";
import { classEmbedding } from "../unet/class_embedding.ts";
import { resnet, type ResnetOptions } from "../unet/resnet.ts";
import { textPooling } from "./text_pooling.ts";

/** What a UNet makes of a prompt. */
export interface DeepFloydPrompt {
  /** What is added to the time embedding: the pooled text, and the class or noise level, where there is any. `[N, T]` */
  readonly embedding?: Value;
  /** Keys and values by the path of the attention layer within the network. */
  readonly keys: ReadonlyMap<string, TextKeys>;
}

/** What a prompt consists of. */
export interface DeepFloydPromptInputs {
  /** The text from the encoder, all positions of which count, padding included: `[N, L, textWidth]`. */
  readonly text: Value;
  /** Where the network enlarges: the timesteps of the noise in the low-resolution images, float32 `[N]`. */
  readonly noiseLevel?: Value;
  /** Where the network has classes: each image's, float32 `[N]`, or `[N, width]` where classes are vectors. */
  readonly classLabel?: Value;
}

/** What a step sees. */
export interface DeepFloydStepInputs {
  /** The noisy images; where the network enlarges, the low-resolution ones behind them: `[N, inChannels, H, W]`. */
  readonly x: Value;
  /** The timestep of each image, float32 `[N]`. */
  readonly t: Value;
}

/**
 * Where a step leaves its deep features, or takes them from (Ma et al. 2023, "DeepCache", section 3.2): what comes into the last
 * residual blocks of the upward path at full size.
 */
export interface DeepFeatures {
  /** How many blocks are behind them, from 1 to those of the last level. */
  readonly branch: number;
  /** The features of an earlier step, `[N, C, H, W]`: all that leads to them is left out. */
  readonly kept?: Value;
  /** Is given those of this step. */
  readonly observe?: (features: Value) => void;
}

/** The most blocks that can be behind deep features: those of the last level of the upward path. */
export function longestBranch({ up }: DeepFloydConfig): number {
  return up.at(-1)!.resnets;
}

/**
 * Channels of the deep features before so many blocks.
 *
 * @param branch How many blocks, from 1 to {@linkcode longestBranch}.
 */
export function deepFeatureChannels(config: DeepFloydConfig, branch: number): number {
  const { up, mid } = config;
  return branch < longestBranch(config) ? up.at(-1)!.channels : up.at(-2)?.channels ?? mid.channels;
}

/** Is given what an attention layer looks at. */
export type AttentionObserver = (
  /** The layer's path, as {@linkcode deepFloydAttentionLayers} lists it. */
  path: string,
  /**
   * The probabilities, `[N, heads, H W, L + H W]`: by how much each pixel of the layer's images looks at each position of the text, then
   * at each pixel; `[N, heads, H W, L]` in a network whose pixels look at the text alone.
   */
  probabilities: Value,
  /** Height and width of the layer's images. */
  size: readonly [height: number, width: number],
) => void;

/** An attention layer: its path, and the channels of its images. */
export interface DeepFloydAttentionLayer {
  /** The path, such as `down_blocks.1.attentions.0`. */
  readonly path: string;
  /** Channels of its images, and of the keys and values. */
  readonly channels: number;
}

/** The attention layers of a network, in the order in which they are run. */
export function deepFloydAttentionLayers({ down, mid, up }: DeepFloydConfig): DeepFloydAttentionLayer[] {
  const ofBlocks = (name: string, blocks: readonly DeepFloydBlock[]) =>
    blocks.flatMap(({ channels, resnets, attention }, i) => {
      return Array.from({ length: attention ? resnets : 0 }, (_, j) => {
        return { path: `${name}.${i}.attentions.${j}`, channels };
      });
    });
  return [
    ...ofBlocks("down_blocks", down),
    { path: "mid_block.attentions.0", channels: mid.channels },
    ...ofBlocks("up_blocks", up),
  ];
}

/**
 * The text as the attention layers see it, before their norms.
 *
 * Parameters: `encoder_hid_proj`, where there is one.
 *
 * @param text `[N, L, textWidth]`
 * @returns Channels first, `[N, contextWidth, L]`
 */
export function deepFloydContext(scope: Scope, config: DeepFloydConfig, text: Value): Value {
  const turned = transpose(text, [0, 2, 1]);
  if (!config.projectsText) return turned;
  return channelLinearLayer(scope.at("encoder_hid_proj"), turned, config.contextWidth);
}

/**
 * What depends on the prompt alone.
 *
 * Parameters, as far as the configuration has them: `add_embedding`, `class_embedding`, `encoder_hid_proj`, and of each
 * attention layer `norm_cross`, `add_k_proj`, `add_v_proj`.
 *
 * @throws {GraphError} if shapes do not fit, or the noise level or the class is missing or superfluous.
 */
export function deepFloydPrompt(
  scope: Scope,
  config: DeepFloydConfig,
  { text, noiseLevel, classLabel }: DeepFloydPromptInputs,
): DeepFloydPrompt {
  const { classes, enlarges } = config;
  const needed = { noiseLevel: enlarges, classLabel: classes !== undefined && !enlarges };
  for (const [name, given] of [["noiseLevel", noiseLevel], ["classLabel", classLabel]] as const) {
    if (needed[name] === (given !== undefined)) continue;
    scope.graph.fail("prompt", `${name}: ${needed[name] ? "missing" : "given"} in this network`);
  }
  const parts: Value[] = [];
  if (config.poolsText) {
    parts.push(textPooling(scope.at("add_embedding"), text, config.poolingHeads, config.embeddingWidth));
  }
  const label = noiseLevel ?? classLabel;
  if (classes && label) {
    const waves = (numbers: Value) => sinusoidalEmbedding(numbers, config.down[0].channels, config);
    parts.push(classEmbedding(scope.at("class_embedding"), label, classes, waves, config));
  }
  const embedding = parts.length ? parts.reduce((sum, part) => add(sum, part)) : undefined;
  const context = deepFloydContext(scope, config, text);
  const keys = new Map<string, TextKeys>();
  for (const { path, channels } of deepFloydAttentionLayers(config)) {
    keys.set(path, textKeys(scope.at(path), context, channels, config));
  }
  return { embedding, keys };
}

/**
 * One step: the estimate for noisy images at their timesteps, under prompts.
 *
 * @param prompt What {@linkcode deepFloydPrompt} made of the prompts, one for each image.
 * @param observe Is given the probabilities of each attention layer, to make outputs of them; the graph is the same without.
 * @param deep Is given the deep features, or has those of an earlier step; by default everything is computed.
 * @returns The estimate and, behind it on axis 1, the variance where the network learns one: `[N, outChannels, H, W]`
 * @throws {GraphError} if shapes do not fit; H and W are known, and multiples of 2 to the number of levels less one.
 */
export function deepFloydStep(
  scope: Scope,
  config: DeepFloydConfig,
  { x, t }: DeepFloydStepInputs,
  prompt: DeepFloydPrompt,
  observe?: AttentionObserver,
  deep?: DeepFeatures,
): Value {
  const { down, mid, up, outputScale, midOutputScale } = config;
  const embedding = timeEmbedding(scope, config, t, prompt);
  const block = (path: string, value: Value, options: Omit<ResnetOptions, "scale">, scale = outputScale) =>
    checkpoint(resnet(scope.at(path), value, embedding, config, { ...options, scale }));
  const attend = (path: string, value: Value, layer: DeepFloydBlock) => {
    if (!layer.attention) return value;
    const [, , height, width] = value.shape as readonly number[];
    const seen = observe && ((probabilities: Value) => observe(path, probabilities, [height, width]));
    const keys = prompt.keys.get(path)!;
    return checkpoint(attention(scope.at(path), value, keys, layer.attention, config.groups, seen));
  };

  let h = checkpoint(convLayer(scope.at("conv_in"), x, down[0].channels, 3, { padding: 1 }));
  const skips = [h];
  const levelDown = (i: number, level: DeepFloydBlock, blocks = level.resnets) => {
    const path = `down_blocks.${i}`;
    for (let j = 0; j < blocks; j++) {
      h = block(`${path}.resnets.${j}`, h, { channels: level.channels });
      h = attend(`${path}.attentions.${j}`, h, level);
      skips.push(h);
    }
  };
  const levelUp = (i: number, level: DeepFloydBlock, first = 0) => {
    const path = `up_blocks.${i}`;
    for (let j = first; j < level.resnets; j++) {
      if (i === up.length - 1 && j === level.resnets - (deep?.branch ?? 0)) deep?.observe?.(h);
      h = block(`${path}.resnets.${j}`, concat([h, skips.pop()!], 1), { channels: level.channels });
      h = attend(`${path}.attentions.${j}`, h, level);
    }
  };
  if (deep?.kept) {
    // As many blocks on the way up take the outcomes of one block less on the way down, and of `conv_in`.
    levelDown(0, down[0], deep.branch - 1);
    h = deep.kept;
    levelUp(up.length - 1, up.at(-1)!, up.at(-1)!.resnets - deep.branch);
  } else {
    for (const [i, level] of down.entries()) {
      levelDown(i, level);
      if (i < down.length - 1) {
        h = block(`down_blocks.${i}.downsamplers.0`, h, { resample: "half" });
        skips.push(h);
      }
    }
    h = block("mid_block.resnets.0", h, {}, midOutputScale);
    h = attend("mid_block.attentions.0", h, mid);
    h = block("mid_block.resnets.1", h, {}, midOutputScale);
    for (const [i, level] of up.entries()) {
      levelUp(i, level);
      if (i < up.length - 1) h = block(`up_blocks.${i}.upsamplers.0`, h, { resample: "double" });
    }
  }
  const last = groupNormLayer(scope.at("conv_norm_out"), h, config.groups, config.epsilon);
  return convLayer(scope.at("conv_out"), activate(last, config.activation), config.outChannels, 3, {
    padding: 1,
  });
}

/** The time embedding of the residual blocks, with that of prompt and class added, activated. */
function timeEmbedding(scope: Scope, config: DeepFloydConfig, t: Value, prompt: DeepFloydPrompt): Value {
  const time = timestepEmbedding(scope.at("time_embedding"), t, config.down[0].channels, config);
  return scope.build(() => {
    const sum = prompt.embedding ? add(time, prompt.embedding) : time;
    const whole = config.embeddingActivation ? activate(sum, config.embeddingActivation) : sum;
    return config.blocksActivateEmbedding ? activate(whole, config.activation) : whole;
  });
}

/**
 * The whole network, from text to estimate.
 *
 * @param inputs Those of {@linkcode deepFloydPrompt} and of {@linkcode deepFloydStep}.
 * @returns `[N, outChannels, H, W]`
 * @throws {GraphError} as the two parts.
 *
 * @example
 * ```ts
 * import { Config } from "@denoise/denoise/checkpoints";
 * import { readDeepFloydConfig, type Scope } from "@denoise/denoise/nn";
 * import { buildGradientGraph } from "@denoise/denoise/train";
 * import { mean, split, square, sub } from "@denoise/denoise/onnx";
 *
 * const config = readDeepFloydConfig(await Config.read("models/emoji-I/unet/config.json"));
 * const objective = (scope: Scope) => {
 *   const { graph } = scope;
 *   const text = graph.input("text", "float32", [2, 24, config.textWidth]);
 *   const x = graph.input("x", "float32", [2, 3, 32, 32]);
 *   const t = graph.input("t", "float32", [2]);
 *   const [estimate] = split(deepFloydUnet(scope, config, { x, t, text }), [3, 3], 1);
 *   return mean(square(sub(estimate, graph.input("target", "float32", x.shape))));
 * };
 * const { graph } = buildGradientGraph(objective); // what a Trainer makes of it
 * ```
 */
export function deepFloydUnet(
  scope: Scope,
  config: DeepFloydConfig,
  inputs: DeepFloydPromptInputs & DeepFloydStepInputs,
): Value {
  return deepFloydStep(scope, config, inputs, deepFloydPrompt(scope, config, inputs));
}
