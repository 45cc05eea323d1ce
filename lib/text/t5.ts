/**
 * Prompts as T5 takes them.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { type Tensor, tensor } from "../tensor.ts";
import { TokenizerError } from "./error.ts";
import type { TextParts } from "./added_tokens.ts";
import type { SentencePieceTokenizer, Token } from "./sentencepiece.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** How many tokens a prompt of IF has, the one that ends it included. */
const IF_LENGTH = 77;

/** Texts as numbers, all of one length. */
export interface T5Tokens {
  /** The numbers of the pieces, `[texts, length]`: a text's, then the one that ends it, then padding. */
  readonly ids: Tensor<BigInt64Array>;
  /** 1 where `ids` has a piece of the text or its end, 0 where it has padding. The same shape. */
  readonly mask: Tensor<BigInt64Array>;
  /** What was cut off each text, for a warning; `""` where all of it is there. */
  readonly truncated: readonly string[];
}

/** Options of {@linkcode encodeForT5}. */
export interface EncodeForT5Options {
  /** How many pieces each text has, the one that ends it included; at least 1, by default 77 as IF was trained with. */
  readonly maxLength?: number;
}

const encodeForT5OptionNames: OptionNames<EncodeForT5Options> = {
  maxLength: true,
};

/**
 * Texts as T5's encoder takes them, as transformers' `T5Tokenizer` makes them with `padding="max_length"` and
 * `truncation`: the pieces of a text, at most `maxLength - 1` of them; `</s>`; then `<pad>` up to `maxLength`.
 *
 * Text is text: where a prompt spells `</s>` or `<pad>`, these are cut into pieces like other words, as SentencePiece
 * does. (transformers takes them for the special pieces.)
 *
 * @param tokenizer The tokenizer of the checkpoint.
 * @param texts The texts, cleaned if they are to be: see `cleanCaption` and `plainCaption`. In place of a text its parts may stand,
 *   with added tokens between them: see `splitAtTokens`.
 * @param options How long they become.
 * @throws {ArgumentError} if `maxLength` is not a whole number of at least 1.
 * @throws {TokenizerError} if the tokenizer has no piece that ends a text, or none for padding.
 */
export function encodeForT5(
  tokenizer: SentencePieceTokenizer,
  texts: readonly (string | TextParts)[],
  options: EncodeForT5Options = {},
): T5Tokens {
  assertOptions(options, encodeForT5OptionNames);
  const { maxLength = IF_LENGTH } = options;
  if (!Number.isSafeInteger(maxLength) || maxLength < 1) {
    throw new ArgumentError("maxLength", maxLength, "a whole number of at least 1");
  }
  const { eosId, padId, label } = tokenizer;
  if (eosId < 0) throw new TokenizerError(`${label}: no piece that ends a text, such as </s>`);
  if (padId < 0) throw new TokenizerError(`${label}: no piece for padding, such as <pad>`);
  const shape = [texts.length, maxLength];
  const ids = new BigInt64Array(texts.length * maxLength).fill(BigInt(padId));
  const mask = new BigInt64Array(texts.length * maxLength);
  const truncated = texts.map((text, row) => {
    const parts = typeof text === "string" ? [text] : text;
    const tokens = tokenizeParts(tokenizer, parts);
    const kept = [...tokens.slice(0, maxLength - 1).map(({ id }) => id), eosId];
    ids.set(kept.map(BigInt), row * maxLength);
    mask.fill(1n, row * maxLength, row * maxLength + kept.length);
    return textBehind(tokenizer, parts, maxLength - 1);
  });
  return { ids: tensor(ids, shape), mask: tensor(mask, shape), truncated };
}

/**
 * Cuts a text in parts into pieces, each part by itself as transformers' `T5Tokenizer` does: a word begins behind an added token. The
 * pieces of such a token are its text, then `TEXT_1` and so on, as diffusers names them.
 */
export function tokenizeParts(tokenizer: SentencePieceTokenizer, parts: TextParts): Token[] {
  return parts.flatMap((part) => {
    if (typeof part === "string") return tokenizer.tokenize(part);
    return part.ids.map((id, i) => ({ id, piece: i === 0 ? part.text : `${part.text}_${i}` }));
  });
}

/** What of a text is behind so many pieces. */
function textBehind(tokenizer: SentencePieceTokenizer, parts: TextParts, count: number): string {
  const rest = parts.flatMap((part) => {
    const pieces = tokenizeParts(tokenizer, [part]);
    const lost = pieces.slice(count);
    count = Math.max(0, count - pieces.length);
    if (lost.length === 0) return [];
    return [typeof part === "string" ? tokenizer.decodePieces(lost.map(({ piece }) => piece)) : part.text];
  });
  return rest.join(" ").trim();
}
