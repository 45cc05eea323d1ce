import { FileError, type Folder, machine } from "../platform/mod.ts";
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
export async function openTokenizer(folder: Folder): Promise<SentencePieceTokenizer> {
  const files = machine.open(folder);
  for (const name of FILES) {
    try {
      if (await files.stat(name) === undefined) continue;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      throw new TokenizerError(`${error.path}: cannot be read: ${error.detail}`, { cause: error.cause });
    }
    return await SentencePieceTokenizer.open(name, files);
  }
  throw new TokenizerError(`${files.label}: no vocabulary, ${FILES.join(" or ")} is expected`);
}
