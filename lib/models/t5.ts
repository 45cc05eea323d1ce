/**
 * T5 v1.1's encoder as a running model: texts as DeepFloyd IF's networks take them.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { Config } from "../checkpoints/config.ts";
import { openWeights, type Weights, type WeightsOptions } from "../checkpoints/shards.ts";
import { FileSource } from "../nn/file_source.ts";
import { blockNames } from "../nn/quantized_layer.ts";
import { type ParameterSource, Scope } from "../nn/scope.ts";
import { t5Encoder } from "../nn/t5.ts";
import { readT5Config, type T5Config } from "../nn/t5_config.ts";
import { Graph, openSession, type Session, type SessionOptions } from "../onnx/mod.ts";
import { type Folder, machine } from "../platform/mod.ts";
import { described } from "../show_value.ts";
import type { Tensor } from "../tensor.ts";
import { openOptionNames, type OpenOptions } from "./batched_session.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** Positions of a text, padding included, that IF was trained with. */
const TEXT_LENGTH = 77;

/**
 * The names that checkpoints have for the table of pieces, without `.weight`. Where both are there, the encoder's is the one
 * that an encoder looks pieces up in; they are the same unless the model was trained with two.
 */
const TABLES = ["encoder.embed_tokens", "shared"];

/** What a checkpoint of the whole of T5 has beside the encoder. */
const DECODER = /^(decoder|lm_head)\./;

/** How {@linkcode openT5} opens an encoder. */
export interface T5OpenOptions extends OpenOptions, WeightsOptions {
  /** Positions of a text, padding included; defaults to 77. */
  readonly length?: number;
  /**
   * As in {@linkcode SessionOptions}, but false by default: an encoder is large, and run once for a prompt. True by default where weights
   * are integers of 4 bits: without a layout of its own the runtime widens each matrix number by number, which takes seven times as long.
   */
  readonly prepack?: SessionOptions["prepack"];
  /** Rows behind those of the table of pieces, `[n, width]`: the embeddings of the ids from `vocabulary` on. */
  readonly added?: Tensor;
}

const t5OpenOptionNames: OptionNames<T5OpenOptions> = {
  ...openOptionNames,
  variant: true,
  length: true,
  prepack: true,
  added: true,
};

/** How {@linkcode t5Graph} takes the table of pieces. */
export interface T5GraphOptions {
  /** The name under which the checkpoint has it: `shared`, the default, or `encoder.embed_tokens`. */
  readonly table?: string;
  /** Rows behind it, `[n, width]`. */
  readonly added?: Tensor;
}

/** T5's encoder. */
export class T5Encoder implements AsyncDisposable {
  /** What its configuration says. */
  readonly config: T5Config;
  /** Positions of a text, padding included. */
  readonly length: number;
  readonly #session: Session;
  readonly #ids: number;

  /** Made by {@linkcode openT5}; `added` rows are behind those of the table. */
  constructor(session: Session, config: T5Config, length: number, added = 0) {
    this.#session = session;
    this.config = config;
    this.length = length;
    this.#ids = config.vocabulary + added;
  }

  /** Where it runs. */
  get device(): Session["device"] {
    return this.#session.device;
  }

  /** How long the runtime has computed so far, in milliseconds. */
  get runtimeMs(): number {
    return this.#session.runtimeMs;
  }

  /**
   * Encodes texts.
   *
   * @param ids The numbers of the pieces, padded: `[N, length]`.
   * @param mask 1 where there is a piece, 0 where there is padding, `[N, length]`; defaults to ones. Padding is not
   * attended to, but has an outcome of its own, which IF's networks use.
   * @returns `[N, length, width]`
   * @throws {ArgumentError} if a shape is another, a number is no piece of the vocabulary, or the mask has other
   * numbers.
   */
  async encode(ids: Tensor<BigInt64Array>, mask?: Tensor<BigInt64Array>): Promise<Tensor> {
    this.#assertShape(ids, "ids", "N");
    const unknown = ids.data.find((id) => id < 0n || id >= BigInt(this.#ids));
    if (unknown !== undefined) {
      throw new ArgumentError("ids", unknown, `a whole number from 0 to ${this.#ids - 1}`);
    }
    if (mask) this.#assertShape(mask, "mask", ids.shape[0]);
    const other = mask?.data.find((value) => value !== 0n && value !== 1n);
    if (other !== undefined) throw new ArgumentError("mask", other, "0 or 1");
    const visible = mask ? Float32Array.from(mask.data, Number) : new Float32Array(ids.data.length).fill(1);
    const { text } = await this.#session.run({ ids, mask: { data: visible, shape: ids.shape } });
    return text;
  }

  /** Frees the session's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }

  #assertShape({ shape }: Tensor<BigInt64Array>, name: string, count: number | string): void {
    const fits = shape.length === 2 && shape[1] === this.length && shape[0] >= 1 &&
      (typeof count === "string" || shape[0] === count);
    if (!fits) {
      throw new ArgumentError(name, { shape }, `[${count},${this.length}]`);
    }
  }
}

/**
 * The graph of an encoder: `ids` (int64) and `mask [batch, length]` to `text [batch, length, width]`.
 *
 * @param config The encoder's configuration.
 * @param source Where the weights come from.
 * @param length Positions of a text.
 * @param options The name of the table of pieces, and rows behind it.
 */
export function t5Graph(
  config: T5Config,
  source: ParameterSource,
  length: number,
  { table, added }: T5GraphOptions = {},
): Graph {
  const graph = new Graph("t5_encoder");
  const ids = graph.input("ids", "int64", ["batch", length]);
  const mask = graph.input("mask", "float32", ["batch", length]);
  const options = { table, ...(added && { added: graph.initializer("added", "float32", added) }) };
  graph.output("text", t5Encoder(new Scope(graph, source, false), config, { ids, mask }, options));
  return graph;
}

/**
 * Opens an encoder: the folder of a text encoder in the layout of transformers, such as a pipeline's `text_encoder/`.
 * Files of mixed precision are computed in float32; a decoder in them is passed over.
 *
 * The weights stay in their files (see {@linkcode T5OpenOptions.prepack}). A file that shrinks while it is mapped
 * kills the process: weights in use must not be written to, only replaced by another file.
 *
 * @param folder The folder, with `config.json` and `model.safetensors` or an index of its parts.
 * @param options The device, the threads, and the rest of {@linkcode T5OpenOptions}.
 * @throws {CheckpointError} if it is no such encoder, or the weights do not fit its configuration.
 * @throws {SafetensorsError} if the weights cannot be read, or are not whole.
 * @throws {ArgumentError} if the length is out of range, or rows that are added have another width.
 * @throws {SessionError} if the device does not work.
 *
 * @example
 * ```ts
 * import { encodeForT5, SentencePieceTokenizer } from "@denoise/denoise/text";
 *
 * const tokenizer = await SentencePieceTokenizer.open("models/emoji-I/tokenizer/spiece.model");
 * await using encoder = await openT5("models/emoji-I/text_encoder", { length: 24 });
 * const { ids, mask } = encodeForT5(tokenizer, ["a rocket ship", ""], { maxLength: 24 });
 * const text = await encoder.encode(ids, mask); // [2, 24, 128]
 * ```
 */
export async function openT5(folder: Folder, options: T5OpenOptions = {}): Promise<T5Encoder> {
  assertOptions(options, t5OpenOptionNames);
  const { length = TEXT_LENGTH, device, threads, onFallback, added } = options;
  if (!(Number.isInteger(length) && length >= 1)) {
    throw new ArgumentError("length", length, "a whole number of at least 1");
  }
  const files = machine.open(folder);
  const config = readT5Config(await Config.read("config.json", files));
  if (added && !(added.shape.length === 2 && added.shape[0] >= 1 && added.shape[1] === config.width)) {
    throw new ArgumentError("added", described(`a tensor of [${added.shape}]`), `[n,${config.width}]`);
  }
  const weights = await openWeights(files, "model", { variant: options.variant });
  const { prepack = hasBlocks(weights) } = options;
  const source = new FileSource(weights);
  const graph = t5Graph(config, source, length, { table: t5Table(weights), added });
  source.assertAllUsed(isBesideT5);
  const session = await openSession(graph, {
    device,
    threads,
    onFallback,
    prepack,
    memoryPattern: false,
    arena: false,
    folder: source.folder,
  });
  return new T5Encoder(session, config, length, added?.shape[0]);
}

/** Whether weights have layers in integers of 4 bits. */
function hasBlocks({ tensors }: Weights): boolean {
  return [...tensors.keys()].some((name) => name.endsWith(blockNames("").scales));
}

/** The name under which weights have the table of pieces, without `.weight`. */
export function t5Table({ tensors }: Weights): string {
  return TABLES.find((table) => tensors.has(`${table}.weight`)) ?? "shared";
}

/** Whether a tensor of a checkpoint may be there beside the encoder's: a decoder's, or the table, which may have both names. */
export function isBesideT5(name: string): boolean {
  return DECODER.test(name) || TABLES.some((table) => name === `${table}.weight`);
}
