/**
 * Where a network of DeepFloyd IF's family looks in its text while it denoises.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { Config } from "../checkpoints/config.ts";
import { openWeights, type WeightsOptions } from "../checkpoints/shards.ts";
import type { Condition, Input } from "../diffusion/types.ts";
import { resize } from "../image.ts";
import { readDeepFloydConfig } from "../nn/deepfloyd/mod.ts";
import { FileSource } from "../nn/file_source.ts";
import { openSession } from "../onnx/mod.ts";
import { assertOptions, type OptionNames } from "../options.ts";
import type { Folder } from "../platform/mod.ts";
import { described } from "../show_value.ts";
import { combine, full, map, type Tensor, zeros } from "../tensor.ts";
import { BatchedSession, openOptionNames, type OpenOptions } from "./batched_session.ts";
import { conditionShapes, deepFloydStepGraph } from "./deepfloyd_graph.ts";
import { ImageSessions } from "./image_sessions.ts";
import { JoinedConditions } from "./joined_conditions.ts";
import { filesOfModel } from "./registry.ts";

/** How {@linkcode openTextAttention} opens a network. */
export interface TextAttentionOptions extends OpenOptions, WeightsOptions {
  /** Positions of a text: as many as those of the conditions that it will be given. */
  readonly textLength: number;
}

const textAttentionOptionNames: OptionNames<TextAttentionOptions> = {
  ...openOptionNames,
  variant: true,
  textLength: true,
};

/** What one attention layer looks at. */
export interface TextAttentionLayer {
  /** The layer's path in the network, such as `down_blocks.1.attentions.0`. */
  readonly path: string;
  /**
   * By how much each pixel of the layer's images looks at each position of the text, in [0, 1], the mean over heads: `[N, L, h, w]`. Over
   * the positions they sum to the share of attention that the text has; the rest is for other pixels.
   */
  readonly maps: Tensor;
}

/** A network that says where it looks, beside the one that draws: it is run again for that. */
export class TextAttention implements AsyncDisposable {
  readonly #sessions: ImageSessions<BatchedSession>;
  readonly #conditions: JoinedConditions;

  /** Made by {@linkcode openTextAttention}. */
  constructor(sessions: ImageSessions<BatchedSession>, conditions: JoinedConditions) {
    this.#sessions = sessions;
    this.#conditions = conditions;
  }

  /**
   * Where the network looks when it is asked about noisy images.
   *
   * @param input The noisy images, `[N, C, H, W]`, and the low-resolution ones where the network enlarges.
   * @param t Their timestep.
   * @param condition What the network's `prepare` made of a text, for all images or for each.
   * @param signal Aborts, with its reason.
   * @returns The attention layers, in the order in which they are run.
   * @throws {ArgumentError} if the condition is not one of this network's.
   * @throws {SessionError} if the images are not of a size that the network takes.
   */
  async at(
    { x, lowRes }: Input,
    t: number,
    condition: Condition,
    signal?: AbortSignal,
  ): Promise<TextAttentionLayer[]> {
    const [count, , height, width] = x.shape;
    const inputs = {
      x,
      ...(lowRes && { lowRes }),
      t: full([count], t),
      ...this.#conditions.join([{ condition, count }]),
    };
    const outputs = await this.#sessions.use(height, width, (session) => session.run(inputs, signal));
    return Object.entries(outputs)
      .filter(([name]) => name.endsWith(SUFFIX))
      .map(([name, maps]) => ({ path: name.slice(0, -SUFFIX.length), maps }));
  }

  /** Frees the session's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions[Symbol.asyncDispose]();
  }
}

/** The suffix of the graph's outputs that are attention. */
const SUFFIX = ".attention";

/**
 * Opens a network of DeepFloyd IF's family to see where it looks: the graph of its steps, with the attention of each layer as further
 * outputs.
 *
 * @param folder The pipeline's folder, or the name of one that ships.
 * @param options The positions of a text, the device, the threads.
 * @throws {CheckpointError} if it is not such a pipeline, or the weights are those of another network.
 * @throws {SessionError} if the device does not work.
 *
 * @example
 * ```ts
 * import { openTextToImage } from "@denoise/denoise";
 * import { Generator } from "@denoise/denoise/random";
 * import { reshape } from "@denoise/denoise/tensors";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const { textLength, config: { textWidth, size } } = pipeline;
 * const text = reshape(await pipeline.encode(["a rocket ship"]), [textLength, textWidth]);
 * const [condition] = await (await pipeline.network()).prepare([{ text }]);
 * await using attention = await openTextAttention("emoji-I", { textLength });
 * const x = new Generator(0).randn([1, 3, size, size]);
 * const maps = meanAttention(await attention.at({ x }, 999, condition), size); // [1, textLength, size, size]
 * ```
 */
export async function openTextAttention(
  folder: Folder,
  options: TextAttentionOptions,
): Promise<TextAttention> {
  assertOptions(options, textAttentionOptionNames);
  const { textLength, variant, ...open } = options;
  if (!(Number.isInteger(textLength) && textLength >= 1)) {
    throw new ArgumentError("textLength", textLength, "a whole number of at least 1");
  }
  const unet = (await filesOfModel(folder)).folder("unet");
  const config = readDeepFloydConfig(await Config.read("config.json", unet));
  const source = new FileSource(await openWeights(unet, "diffusion_pytorch_model", { variant }));
  const sessions = await ImageSessions.open(
    async (height, width) => {
      const graph = deepFloydStepGraph(config, source, { height, width, textLength, attention: true });
      // Mapped weights: what is run a few times is not worth a copy of them.
      const session = { ...open, folder: source.folder, memoryPattern: false, prepack: false };
      return new BatchedSession(await openSession(graph, session));
    },
    config.size,
    config.size,
  );
  return new TextAttention(sessions, new JoinedConditions(conditionShapes(config, { textLength })));
}

/**
 * A heat map for each position of a text: the attention of all layers, enlarged to one size and averaged (Tang et al. 2023, "What the
 * DAAM: Interpreting Stable Diffusion Using Cross Attention", eq. 6, for one timestep). Average those of several timesteps for the
 * whole of a sampling.
 *
 * @param layers What {@linkcode TextAttention.at} has returned, at least one layer.
 * @param size Height and width of the maps, in pixels.
 * @returns `[N, L, size, size]`, not below 0.
 * @throws {ArgumentError} if there is no layer, or the size is not a whole number from 1.
 */
export function meanAttention(layers: readonly TextAttentionLayer[], size: number): Tensor {
  if (layers.length === 0) throw new ArgumentError("layers", described("none"), "at least one");
  const [count, positions] = layers[0].maps.shape;
  const sum = layers.reduce(
    (sum, { maps }) => combine(1, sum, 1 / layers.length, resize(maps, size, size)),
    zeros([count, positions, size, size]),
  );
  // Bicubic filters overshoot.
  return map(sum, (value) => Math.max(0, value));
}
