/**
 * A pipeline of DeepFloyd IF from its folder: tokenizer, text encoder and network.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { Config } from "../checkpoints/config.ts";
import { CheckpointError } from "../checkpoints/error.ts";
import { readModelIndex } from "../checkpoints/folder.ts";
import type { LearnedToken } from "../checkpoints/learned_token.ts";
import type { SchedulerSettings } from "../diffusion/scheduler_config.ts";
import {
  type DeepFloydModel,
  type DeepFloydOptions,
  openDeepFloyd,
  readDeepFloydScheduler,
} from "../models/deepfloyd.ts";
import { assertComponents, deepFloydClasses, readTextLength } from "../models/deepfloyd_folder.ts";
import { filesOfModel } from "../models/registry.ts";
import { openT5 } from "../models/t5.ts";
import { readTokenizerSettings } from "../models/tokenizer_config.ts";
import { type DeepFloydConfig, readDeepFloydConfig } from "../nn/deepfloyd/mod.ts";
import { readT5Config } from "../nn/t5_config.ts";
import { described } from "../show_value.ts";
import type { Files, Folder } from "../platform/mod.ts";
import { concat, type Tensor } from "../tensor.ts";
import { splitAtTokens, type TextParts } from "../text/added_tokens.ts";
import { cleanCaption, plainCaption } from "../text/clean_caption.ts";
import { openTokenizer } from "../text/open_tokenizer.ts";
import type { SentencePieceTokenizer, Token } from "../text/sentencepiece.ts";
import { encodeForT5, tokenizeParts } from "../text/t5.ts";
import { assertOptions, type OptionNames } from "../options.ts";
import { openOptionNames } from "../models/batched_session.ts";
import { encodePromptsOptionNames } from "./stage/option_names.ts";

/** The options of {@linkcode openTextToImage}; the pipeline's parts are opened with them when needed. */
export interface OpenTextToImageOptions extends Omit<DeepFloydOptions, "textLength"> {
  /**
   * Called for each prompt that is longer than the network's text length.
   *
   * @param prompt The prompt.
   * @param lost The end that was cut off.
   */
  readonly onTruncated?: (prompt: string, lost: string) => void;
  /** Learned tokens for prompts (textual inversion), from `readLearnedToken`. */
  readonly learnedTokens?: readonly LearnedToken[];
}

const openTextToImageOptionNames: OptionNames<OpenTextToImageOptions> = {
  ...openOptionNames,
  variant: true,
  prepack: true,
  size: true,
  batch: true,
  profile: true,
  loras: true,
  onTruncated: true,
  learnedTokens: true,
};

/** The options of {@linkcode TextToImage.encode}. */
export interface EncodePromptsOptions {
  /**
   * Whether prompts are cleaned of markup, addresses and so on as IF's captions were (the default); else they are
   * only lower-cased.
   */
  readonly clean?: boolean;
  /** Aborts between two prompts; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** The parts of a {@linkcode TextToImage}. */
export interface TextToImageParts {
  /** The files of the pipeline's folder. */
  readonly files: Files;
  /** The network's configuration. */
  readonly config: DeepFloydConfig;
  /** The scheduler's configuration. */
  readonly scheduler: SchedulerSettings;
  /** The text length in tokens. */
  readonly textLength: number;
  /** The options to open parts with. */
  readonly options: OpenTextToImageOptions;
}

/** A pipeline of DeepFloyd IF whose parts are opened when needed. */
export class TextToImage implements AsyncDisposable {
  /** The pipeline's folder: its path or address. */
  readonly folder: string;
  /** The network's configuration. */
  readonly config: DeepFloydConfig;
  /** The scheduler's configuration. */
  readonly scheduler: SchedulerSettings;
  /** The text length in tokens, with padding. */
  readonly textLength: number;
  readonly #files: Files;
  readonly #options: OpenTextToImageOptions;
  #network: Promise<DeepFloydModel> | undefined;

  /** Made by {@linkcode openTextToImage}. */
  constructor({ files, config, scheduler, textLength, options }: TextToImageParts) {
    this.folder = files.label;
    this.#files = files;
    this.config = config;
    this.scheduler = scheduler;
    this.textLength = textLength;
    this.#options = options;
  }

  /**
   * Encodes prompts. The encoder is in memory only meanwhile, so encode first and open the network afterwards. A learned token in a
   * prompt is replaced by its vectors.
   *
   * @param prompts The prompts, at least one.
   * @param options Whether they are cleaned.
   * @returns `[N, textLength, textWidth]`, as `textToImage` and the other pipelines take it.
   * @throws {ArgumentError} if there is no prompt.
   * @throws {CheckpointError} if the encoder does not fit the tokenizer or the network, or the weights do not fit the encoder.
   * @throws {TokenizerError} if the tokenizer cannot be read.
   */
  async encode(prompts: readonly string[], options: EncodePromptsOptions = {}): Promise<Tensor> {
    assertOptions(options, encodePromptsOptionNames);
    if (prompts.length === 0) throw new ArgumentError("prompts", described("none"), "at least one");
    const { clean = true, signal } = options;
    const { variant, device, threads, onFallback, onTruncated, learnedTokens = [] } = this.#options;
    const tokenizer = await openTokenizer(this.#files.folder("tokenizer"));
    await assertPieces(this.#files.folder("tokenizer"), tokenizer);
    const folder = this.#files.folder("text_encoder");
    const { vocabulary } = await assertFits(folder, tokenizer, this.config);
    const texts = prompts.map((prompt) => partsOf(prompt, clean, learnedTokens, vocabulary));
    const isPlain = texts.flat().every((part) => typeof part === "string");
    await using encoder = await openT5(folder, {
      variant,
      device,
      threads,
      onFallback,
      length: this.textLength,
      ...(!isPlain && { added: concat(learnedTokens.map(({ rows }) => rows)) }),
    });
    const rows: Tensor[] = [];
    // One by one: a text's embeddings are the same to the last bit whatever other prompts are encoded.
    for (const [i, text] of texts.entries()) {
      signal?.throwIfAborted();
      const { ids, mask, truncated } = encodeForT5(tokenizer, [text], { maxLength: this.textLength });
      if (truncated[0]) onTruncated?.(prompts[i], truncated[0]);
      rows.push(await encoder.encode(ids, mask));
    }
    return concat(rows);
  }

  /**
   * The tokens of a prompt, as passed to the encoder: the pieces of its words, then the end token. The rest up to
   * `textLength` is padding. The vectors of a learned token are one each, with ids from the encoder's `vocab_size` on.
   *
   * @param prompt The prompt; what is longer than `textLength` is cut off.
   * @param options Whether it is cleaned.
   * @throws {TokenizerError} if the tokenizer cannot be read.
   */
  async tokenize(prompt: string, options: Pick<EncodePromptsOptions, "clean"> = {}): Promise<Token[]> {
    assertOptions(options, { clean: true });
    const { clean = true } = options;
    const tokenizer = await openTokenizer(this.#files.folder("tokenizer"));
    const { learnedTokens = [] } = this.#options;
    const { vocabulary } = learnedTokens.length
      ? await assertFits(this.#files.folder("text_encoder"), tokenizer, this.config)
      : { vocabulary: 0 };
    const tokens = tokenizeParts(tokenizer, partsOf(prompt, clean, learnedTokens, vocabulary));
    return [...tokens.slice(0, this.textLength - 1), { id: tokenizer.eosId, piece: "</s>" }];
  }

  /**
   * The network, opened on the first call and closed with the pipeline.
   *
   * @throws {CheckpointError} if the weights do not fit the configuration.
   * @throws {SessionError} if the device does not work.
   */
  network(): Promise<DeepFloydModel> {
    const { onTruncated: _, learnedTokens: _tokens, ...options } = this.#options;
    return this.#network ??= openDeepFloyd(this.#files, { ...options, textLength: this.textLength });
  }

  /** Frees the network's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    // The caller that failed to open it already has the error.
    const network = await this.#network?.catch(() => undefined);
    await network?.[Symbol.asyncDispose]();
  }
}

/**
 * Opens a pipeline of DeepFloyd IF: a folder in the layout of diffusers with `tokenizer/`, `text_encoder/`, `unet/` and
 * `scheduler/`. Only configurations are read at first.
 *
 * Files below a URL are downloaded once, into a cache, and used from there; see {@linkcode UrlFiles} to read them
 * into memory only.
 *
 * @param folder The folder, the pipeline of either stage: its path, its URL, its files, or the name of one that ships.
 * @param options The device, the threads, the variant of the weights, a callback for prompts that are too long.
 * @throws {CheckpointError} if it is not such a pipeline.
 * @throws {ArgumentError} if learned tokens have another width than its texts, or two are the same word.
 *
 * @example
 * ```ts
 * import { sampleToEnd, textToImage } from "@denoise/denoise";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const [text, negative] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
 * const steps = textToImage(await pipeline.network(), text, { negative, seed: 0, numInferenceSteps: 2 });
 * const image = await sampleToEnd(steps);
 * ```
 */
export async function openTextToImage(
  folder: Folder,
  options: OpenTextToImageOptions = {},
): Promise<TextToImage> {
  assertOptions(options, openTextToImageOptionNames);
  const files = await filesOfModel(folder);
  const index = await readModelIndex(files);
  const { className } = index;
  const known: readonly string[] = Object.values(deepFloydClasses);
  if (!known.includes(className)) {
    throw new CheckpointError(
      `${files.pathOf("model_index.json")}: a pipeline of "${className}" where one of ${
        known.join(", ")
      } is expected`,
    );
  }
  assertComponents(files, index);
  const config = readDeepFloydConfig(await Config.read("unet/config.json", files));
  assertTokens(options.learnedTokens ?? [], config);
  return new TextToImage({
    files,
    config,
    scheduler: await readDeepFloydScheduler(files, config),
    textLength: await readTextLength(files),
    options,
  });
}

/** Throws unless the tokenizer's end and padding tokens are those of the configuration. */
async function assertPieces(folder: Files, tokenizer: SentencePieceTokenizer): Promise<void> {
  const { eosPiece, padPiece } = await readTokenizerSettings(folder);
  const pairs = [["eos_token", eosPiece, tokenizer.eosId], ["pad_token", padPiece, tokenizer.padId]] as const;
  for (const [key, named, id] of pairs) {
    const own = tokenizer.pieceOf(id);
    if (named === undefined || own === undefined || named === own) continue;
    throw new CheckpointError(
      `${folder.pathOf("tokenizer_config.json")}: "${key}" is ${JSON.stringify(named)} where ${
        JSON.stringify(own)
      }, that of ${tokenizer.label}, is expected`,
    );
  }
}

/** The token ids of a cleaned prompt: learned tokens have ids after those of the encoder's table, one for each of their vectors. */
function partsOf(
  prompt: string,
  clean: boolean,
  learned: readonly LearnedToken[],
  vocabulary: number,
): TextParts {
  let next = vocabulary;
  const added = learned.map(({ token, rows: { shape: [n] } }) => {
    return { text: token, ids: Array.from({ length: n }, () => next++) };
  });
  return splitAtTokens(prompt, added, clean ? cleanCaption : plainCaption);
}

/** Throws unless learned tokens are distinct words whose vectors have the network's text width. */
function assertTokens(learned: readonly LearnedToken[], { textWidth }: DeepFloydConfig): void {
  for (const [i, { token, rows: { shape }, path }] of learned.entries()) {
    if (shape.length !== 2 || shape[1] !== textWidth) {
      const found = described(`${JSON.stringify(token)} of ${path}, [${shape}]`);
      throw new ArgumentError("learnedTokens", found, `[n,${textWidth}]`);
    }
    if (learned.findIndex((other) => other.token === token) === i) continue;
    throw new ArgumentError("learnedTokens", described(`${JSON.stringify(token)} twice`), "different words");
  }
}

/**
 * Throws unless the encoder has embeddings for the tokenizer's pieces, of the network's text width.
 *
 * @returns The number of ids in its table.
 */
async function assertFits(
  folder: Files,
  { label, vocabularySize }: SentencePieceTokenizer,
  { textWidth }: DeepFloydConfig,
): Promise<{ readonly vocabulary: number }> {
  const config = await Config.read("config.json", folder);
  const { vocabulary, width } = readT5Config(config);
  if (vocabulary < vocabularySize) {
    config.fail("vocab_size", `a number of at least ${vocabularySize}, the pieces of ${label},`);
  }
  if (width !== textWidth) config.fail("d_model", `${textWidth}, the width of texts in unet/config.json,`);
  return { vocabulary };
}
