/**
 * What a tokenizer's configuration says, in the words of transformers.
 *
 * @module
 */
import { Config } from "../checkpoints/config.ts";
import { type Folder, machine } from "../platform/mod.ts";

/** Classes of transformers that are T5's tokenizer, or run its `tokenizer.json`. */
export const tokenizerClasses = [
  "T5Tokenizer",
  "T5TokenizerFast",
  "PreTrainedTokenizerFast",
  "TokenizersBackend",
] as const;

/** Positions of a text, padding included, that IF was trained with. */
const TEXT_LENGTH = 77;

/** From here on a length is none: tokenizers without a limit are saved with 10^30. */
const NO_LIMIT = 2 ** 20;

/** The maximum text length of a network; T5 was trained with 512 positions. */
const LONGEST = 4096;

/** What a tokenizer's configuration says. */
export interface TokenizerSettings {
  /** Positions of a text, padding included: `model_max_length`. */
  readonly textLength: number;
  /** The piece that ends a text, where it is named: `eos_token`. */
  readonly eosPiece?: string;
  /** The piece that fills a batch, where it is named: `pad_token`. */
  readonly padPiece?: string;
}

/**
 * Reads `tokenizer_config.json`. Keys that are absent have the defaults that transformers gives them; a text has 77 positions
 * where there is no file, or it has no limit.
 *
 * @param folder The tokenizer's folder.
 * @throws {CheckpointError} if it cannot be read, or asks for what is not supported: the message names the key.
 */
export async function readTokenizerSettings(folder: Folder): Promise<TokenizerSettings> {
  const config = await Config.readIfExists("tokenizer_config.json", machine.open(folder));
  if (!config) return { textLength: TEXT_LENGTH };
  config.choice("tokenizer_class", tokenizerClasses, "T5Tokenizer");
  for (const key of ["padding_side", "truncation_side"]) config.choice(key, ["right"], "right");
  const prefix = "add_prefix_space";
  if (config.has(prefix) && !config.boolean(prefix)) config.fail(prefix, "true");
  if (config.has("sp_model_kwargs") && Object.keys(Object(config.values["sp_model_kwargs"])).length) {
    config.fail("sp_model_kwargs", "an empty object");
  }
  return {
    textLength: textLength(config),
    eosPiece: piece(config, "eos_token"),
    padPiece: piece(config, "pad_token"),
  };
}

function textLength(config: Config): number {
  const key = "model_max_length";
  const value = config.values[key];
  if (typeof value === "number" && value >= NO_LIMIT) return TEXT_LENGTH;
  return config.whole(key, { min: 1, max: LONGEST }, TEXT_LENGTH);
}

/** A piece: its text, or an object that has it. */
function piece(config: Config, key: string): string | undefined {
  if (!config.has(key)) return undefined;
  const value = config.values[key];
  const content = typeof value === "object" && value !== null
    ? (value as { content?: unknown }).content
    : value;
  return typeof content === "string" ? content : config.fail(key, "the text of a piece");
}
