/** The inference graphs of DeepFloyd IF's UNet, for batches of any size: one for prompts, one for steps. */
import {
  type AttentionObserver,
  deepFeatureChannels,
  deepFloydAttentionLayers,
  type DeepFloydConfig,
  deepFloydPrompt,
  deepFloydStep,
  type TextKeys,
} from "../nn/deepfloyd/mod.ts";
import { type ParameterSource, Scope } from "../nn/scope.ts";
import { labelShape } from "../nn/unet/class_embedding.ts";
import { concat, Graph, mean, reshape, slice, split, transpose, type Value } from "../onnx/mod.ts";

/** The name of the deep features, as an output and as an input. */
export const FEATURES = "features";

/** The symbolic size of the first axis. */
const BATCH = "batch";

/** What the graphs are built for. */
export interface DeepFloydGraphOptions {
  /** Height of the images, a multiple of the configuration's `sizeStep`. */
  readonly height: number;
  /** Width of the images, likewise. */
  readonly width: number;
  /** Positions of the text. */
  readonly textLength: number;
  /** Of the graph for steps: whether it also says where the images look in the text. By default it does not. */
  readonly attention?: boolean;
  /**
   * Of the graph for steps: behind how many blocks it has its deep features as an output, from 1 to `longestBranch`. By default it
   * has none.
   */
  readonly branch?: number;
}

/** Channels of an image. */
export function imageChannels({ enlarges, inChannels }: DeepFloydConfig): number {
  return enlarges ? inChannels / 2 : inChannels;
}

/** What the prompt graph hands to the step graph: the shapes by name, without the batch. */
export function conditionShapes(
  config: DeepFloydConfig,
  { textLength }: Pick<DeepFloydGraphOptions, "textLength">,
): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  if (config.poolsText || config.classes) shapes.set("embedding", [config.embeddingWidth]);
  for (const { path, channels } of deepFloydAttentionLayers(config)) {
    for (const part of ["key", "value"]) shapes.set(`${path}.${part}`, [channels, textLength]);
  }
  return shapes;
}

/**
 * The graph for prompts: `text [batch, textLength, textWidth]`, where the network enlarges also `noiseLevel [batch]` or
 * where it has classes `classLabel`, to `embedding [batch, embeddingWidth]`, if there is any, and for each attention layer `PATH.key` and `PATH.value [batch, C,
 * textLength]`.
 *
 * @param config The network's configuration.
 * @param source Where the weights come from.
 */
export function deepFloydPromptGraph(
  config: DeepFloydConfig,
  source: ParameterSource,
  { textLength }: Pick<DeepFloydGraphOptions, "textLength">,
): Graph {
  const graph = new Graph("deepfloyd_prompt");
  const text = graph.input("text", "float32", [BATCH, textLength, config.textWidth]);
  const noiseLevel = config.enlarges ? graph.input("noiseLevel", "float32", [BATCH]) : undefined;
  const classLabel = config.classes && !config.enlarges
    ? graph.input("classLabel", "float32", [BATCH, ...labelShape(config.classes)])
    : undefined;
  const prompt = deepFloydPrompt(new Scope(graph, source, false), config, { text, noiseLevel, classLabel });
  if (prompt.embedding) graph.output("embedding", prompt.embedding);
  for (const [path, { key, value }] of prompt.keys) {
    graph.output(`${path}.key`, key);
    graph.output(`${path}.value`, value);
  }
  return graph;
}

/**
 * The graph for a step: `x [batch, C, height, width]`, where the network enlarges also `lowRes` of that shape, `t
 * [batch]`, and what {@linkcode deepFloydPromptGraph} makes, to `estimate [batch, C, height, width]` and, where the
 * network has it, `variance` of that shape.
 *
 * With `attention` it has more outputs, `PATH.attention [batch, textLength, h, w]` of each attention layer: by how much a pixel of the
 * layer's images looks at a position of the text, as the mean over heads. Over the positions these sum to the share of attention
 * that the text has: to 1 where the layer is text-only, to less where pixels look at each other as well.
 *
 * @param config The network's configuration.
 * @param source Where the weights come from.
 */
export function deepFloydStepGraph(
  config: DeepFloydConfig,
  source: ParameterSource,
  options: DeepFloydGraphOptions,
): Graph {
  return stepGraph("deepfloyd_step", config, source, options);
}

/**
 * The graph for a step on the deep features of another one: that of {@linkcode deepFloydStepGraph}, without what leads to them, and with
 * `features [batch, deepFeatureChannels, height, width]` as a further input. Of the keys and values it has those of its own layers.
 *
 * @param config The network's configuration.
 * @param source Where the weights come from.
 */
export function deepFloydShallowGraph(
  config: DeepFloydConfig,
  source: ParameterSource,
  options: DeepFloydGraphOptions & Required<Pick<DeepFloydGraphOptions, "branch">>,
): Graph {
  return stepGraph("deepfloyd_shallow_step", config, source, options, true);
}

function stepGraph(
  name: string,
  config: DeepFloydConfig,
  source: ParameterSource,
  options: DeepFloydGraphOptions,
  isShallow = false,
): Graph {
  const { branch } = options;
  const graph = new Graph(name);
  const channels = imageChannels(config);
  const images = (name: string, planes = channels) => {
    return graph.input(name, "float32", [BATCH, planes, options.height, options.width]);
  };
  const x = images("x");
  const seen = config.enlarges ? concat([x, images("lowRes")], 1) : x;
  const t = graph.input("t", "float32", [BATCH]);
  const shapes = [...conditionShapes(config, options)].filter(([name]) => {
    return !isShallow || name === "embedding" || isLast(name, config, branch!);
  });
  const given = new Map(shapes.map(([name, shape]) => {
    return [name, graph.input(name, "float32", [BATCH, ...shape])] as const;
  }));
  const keys = new Map(
    deepFloydAttentionLayers(config).filter(({ path }) => given.has(`${path}.key`)).map(({ path }): [
      string,
      TextKeys,
    ] => {
      return [path, { key: given.get(`${path}.key`)!, value: given.get(`${path}.value`)! }];
    }),
  );
  const prompt = { embedding: given.get("embedding"), keys };
  const observe: AttentionObserver = (path, probabilities, [height, width]) => {
    const onText = slice(probabilities, 3, { start: 0, end: options.textLength });
    const byPosition = transpose(mean(onText, { axes: [1] }), [0, 2, 1]);
    graph.output(`${path}.attention`, reshape(byPosition, [BATCH, options.textLength, height, width]));
  };
  const scope = new Scope(graph, source, false);
  const deep = branch === undefined ? undefined : {
    branch,
    ...(isShallow
      ? { kept: images(FEATURES, deepFeatureChannels(config, branch)) }
      : { observe: (features: Value) => graph.output(FEATURES, features) }),
  };
  const out = deepFloydStep(
    scope,
    config,
    { x: seen, t },
    prompt,
    options.attention ? observe : undefined,
    deep,
  );
  const parts = split(out, Array<number>(config.outChannels / channels).fill(channels), 1);
  parts.forEach((part, i) => graph.output(["estimate", "variance"][i], part));
  return graph;
}

/** Whether an input is of an attention layer that a step on deep features has: among so many last blocks, or the first ones. */
function isLast(name: string, { up }: DeepFloydConfig, branch: number): boolean {
  const layers = [
    ...Array.from({ length: branch - 1 }, (_, j) => `down_blocks.0.attentions.${j}.`),
    ...Array.from({ length: branch }, (_, j) => {
      return `up_blocks.${up.length - 1}.attentions.${up.at(-1)!.resnets - 1 - j}.`;
    }),
  ];
  return layers.some((layer) => name.startsWith(layer));
}
