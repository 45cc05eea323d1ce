import { join } from "node:path";
import { TokenizerError } from "./error.ts";
import { SentencePieceTokenizer } from "./sentencepiece.ts";

/** The files that a tokenizer's vocabulary may be in; the first is SentencePiece's own. */
const FILES = ["spiece.model", "tokenizer.json"] as const;

/**
 * Opens the tokenizer of a checkpoint: from `spiece.model`, or where there is none, as in folders that were saved under
 * transformers 5, from `tokenizer.json`.
 *
 * @param folder The folder of the tokenizer.
 * @throws {TokenizerError} if there is neither, or the file cannot be read, or is not a unigram model of SentencePiece.
 *
 * @example
 * ```ts
 * const tokenizer = await openTokenizer("models/emoji-I/tokenizer");
 * const ids = tokenizer.encode("a rocket ship");
 * ```
 */
export async function openTokenizer(folder: string): Promise<SentencePieceTokenizer> {
  for (const name of FILES) {
    const path = join(folder, name);
    try {
      await Deno.stat(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) continue;
      throw new TokenizerError(`${path}: cannot be read: ${(error as Error).message}`, { cause: error });
    }
    return await SentencePieceTokenizer.open(path);
  }
  throw new TokenizerError(`${folder}: no vocabulary, ${FILES.join(" or ")} is expected`);
}
