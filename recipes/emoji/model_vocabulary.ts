/** What a model that was trained on the emojis knows. */
import { join } from "node:path";
import { type ModelVocabulary, readVocabulary } from "../../lib/models/vocabulary.ts";
import { loadEmoji } from "../data/emoji/mod.ts";
import { emojiTokenizer } from "../data/emoji/tokenizer.ts";
import { vocabularyOf } from "../data/emoji/vocabulary.ts";
import { readEmojiIndex } from "../data/emoji/load.ts";

/**
 * Reads a model's vocabulary; where the folder has none, it is that of the data set on disk, if the model's tokenizer was
 * learned from it.
 *
 * @param folder The model's folder.
 * @param data The folder of the data set; its usual place unless given.
 * @throws {RangeError} if the model has no vocabulary and another tokenizer.
 * @throws {EmojiSetError} if the model has no vocabulary, and the data set is not there.
 */
export async function vocabularyOfModel(folder: string, data?: string): Promise<ModelVocabulary> {
  const written = await readVocabulary(folder);
  if (written) return written;
  const { sizes } = await readEmojiIndex(data);
  const set = await loadEmoji({ size: Math.min(...sizes), folder: data });
  const found = await Deno.readFile(join(folder, "tokenizer", "spiece.model"));
  const expected = emojiTokenizer(set);
  if (found.length !== expected.length || found.some((byte, i) => byte !== expected[i])) {
    throw new RangeError(
      `model: ${folder} has no vocabulary.json, and another tokenizer where that of the data set is expected`,
    );
  }
  return vocabularyOf(set);
}
