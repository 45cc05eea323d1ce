/**
 * Quantises text encoders to 4 bits.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";
import { Config } from "../../checkpoints/config.ts";
import type { FloatDtype, TypedTensor } from "../../checkpoints/safetensors.ts";
import { openWeights } from "../../checkpoints/shards.ts";
import { filesOfModel } from "../../models/registry.ts";
import { blockNames, layerOfWeight } from "../../nn/quantized_layer.ts";
import { readT5Config } from "../../nn/t5_config.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import type { Folder } from "../../platform/mod.ts";
import { QUANTIZATION, type QuantizedNetwork } from "./quantize_network.ts";
import { quantizeBlocks } from "./quantize_blocks.ts";

/** The default block size. */
const BLOCK = 64;

/** The block sizes the kernels support. */
const BLOCKS = [16, 32, 64, 128, 256];

/** The layers of T5 whose weights become integers: all products but the tables. */
const LAYER = /^encoder\.block\.\d+\.layer\.\d+\.(SelfAttention\.[qkvo]|DenseReluDense\.w(i_0|i_1|o))$/;

/** The parts of a full T5 checkpoint besides the encoder. */
const DECODER = /^(decoder|lm_head)\./;

/** The options of {@linkcode quantizeTextEncoder}. */
export interface QuantizeTextEncoderOptions {
  /** Numbers of a block that have one step: 16, 32, 64 (the default), 128 or 256. */
  readonly blockSize?: number;
  /** The variant of the weights. */
  readonly variant?: string;
  /** Called with the number of finished tensors. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Aborts the work, which then throws its reason. */
  readonly signal?: AbortSignal;
}

const optionNames: OptionNames<QuantizeTextEncoderOptions> = {
  blockSize: true,
  variant: true,
  onProgress: true,
  signal: true,
};

/**
 * Quantises the T5 encoder of a pipeline: the weights of its linear layers become integers of 4 bits, in blocks with a step each, which
 * the runtime multiplies with as they are. Tables and norms stay as they are; no texts are needed.
 *
 * @param folder The pipeline's folder, or the name of one that ships.
 * @param options The size of a block, and the rest of {@linkcode QuantizeTextEncoderOptions}.
 * @returns What `text_encoder/config.json` and `text_encoder/model.safetensors` are to hold.
 * @throws {ArgumentError} if the encoder is quantised already, or the size of a block does not divide its widths.
 * @throws {CheckpointError} if there is no such encoder.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { writeSafetensors } from "@denoise/denoise/checkpoints";
 *
 * const { tensors } = await quantizeTextEncoder("emoji-I");
 * await writeSafetensors(`${await Deno.makeTempDir()}/model.safetensors`, tensors);
 * ```
 */
export async function quantizeTextEncoder(
  folder: Folder,
  options: QuantizeTextEncoderOptions = {},
): Promise<QuantizedNetwork> {
  assertOptions(options, optionNames);
  const { blockSize = BLOCK, variant, onProgress, signal } = options;
  if (!BLOCKS.includes(blockSize)) {
    throw new ArgumentError("blockSize", blockSize, `one of ${BLOCKS.join(", ")}`);
  }
  const files = (await filesOfModel(folder)).folder("text_encoder");
  const file = await Config.read("config.json", files);
  if (file.has(QUANTIZATION)) {
    throw new ArgumentError("model", files.label, "a text encoder that is not quantised yet");
  }
  const { width, hiddenWidth, heads, headWidth } = readT5Config(file);
  const narrow = [width, hiddenWidth, heads * headWidth].find((size) => size % blockSize !== 0);
  if (narrow !== undefined) throw new ArgumentError("blockSize", blockSize, `a divisor of ${narrow}`);
  const weights = await openWeights(files, "model", { variant });
  const encoder = [...weights.tensors].filter(([name]) => !DECODER.test(name));
  const tensors: Record<string, TypedTensor> = {};
  for (const [i, [name, { dtype, shape }]] of encoder.entries()) {
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    const path = layerOfWeight(name);
    const tensor = await weights.read(name);
    if (path !== undefined && LAYER.test(path)) {
      const names = blockNames(path);
      const { weight, scales } = quantizeBlocks(tensor, blockSize);
      const rows = [shape[0], shape[1] / blockSize];
      tensors[names.weight] = { dtype: "U8", data: weight, shape: [...rows, blockSize / 2] };
      tensors[names.scales] = { dtype: "F32", data: scales, shape: rows };
    } else {
      tensors[name] = { dtype: dtype as FloatDtype, data: tensor.data, shape };
    }
    onProgress?.(i + 1, encoder.length);
  }
  return {
    config: { ...file.values, [QUANTIZATION]: { weights: "int4", block_size: blockSize } },
    tensors,
  };
}
