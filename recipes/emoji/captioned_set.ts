/** What the cascade is trained on. */
import { createHash } from "node:crypto";
import type { ModelVocabulary } from "../../lib/models/vocabulary.ts";
import type { Generator } from "../../lib/random.ts";
import type { PictureSet } from "../data/dataset.ts";
import { loadEmoji, type LoadEmojiOptions } from "../data/emoji/mod.ts";
import { trainingCaption } from "../data/emoji/captions.ts";
import { emojiTokenizer } from "../data/emoji/tokenizer.ts";
import { vocabularyOf } from "../data/emoji/vocabulary.ts";

/** Pictures in colour with captions. */
export interface CaptionedSet extends PictureSet {
  /** The vocabulary of all captions, a `spiece.model`. */
  readonly tokenizer: Uint8Array;
  /** What the captions name. */
  readonly vocabulary: ModelVocabulary;
  /** Draws a caption of a picture. */
  caption(picture: number, generator: Generator): string;
}

/**
 * The emojis but for those that are held out.
 *
 * @throws {Error} if the set is not there, or not in this size.
 */
export async function loadCaptioned(options: LoadEmojiOptions): Promise<CaptionedSet> {
  const set = await loadEmoji(options);
  const { size, pictures, entries } = set;
  const length = 3 * size * size;
  const kept = [...entries.keys()].filter((i) => !entries[i].heldOut);
  const images = new Uint8Array(kept.length * length);
  kept.forEach((i, n) => images.set(pictures.subarray(i * length, (i + 1) * length), n * length));
  return {
    images,
    count: kept.length,
    channels: 3,
    size,
    fingerprint: createHash("sha256").update(images).digest("hex").slice(0, 16),
    tokenizer: emojiTokenizer(set),
    vocabulary: vocabularyOf(set),
    caption: (picture, generator) => trainingCaption(set, entries[kept[picture]], generator),
  };
}
