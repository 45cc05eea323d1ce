/** The first stage's training data. */
import type { ModelVocabulary } from "../../lib/models/mod.ts";
import type { DrawnSet } from "../data/drawn_set.ts";
import { openCatalog } from "../data/emoji/catalog.ts";
import { chooseNames, names as chosenNames } from "../data/emoji/names.ts";
import { Scenes } from "../data/emoji/scenes.ts";
import { emojiTokenizer } from "../data/emoji/tokenizer.ts";
import { vocabularyOf } from "../data/emoji/vocabulary.ts";

/** Images with captions, and the vocabulary of these. */
export interface CaptionedSet extends DrawnSet {
  /** The vocabulary of all captions, a `spiece.model`. */
  readonly tokenizer: Uint8Array;
  /** The names and styles of the captions. */
  readonly vocabulary: ModelVocabulary;
}

/** The options of {@linkcode loadCaptioned}. */
export interface LoadCaptionedOptions {
  /** Height and width. */
  readonly size: number;
  /** The names, or the length of a list of names; defaults to the usual list. */
  readonly names?: readonly string[];
}

/**
 * Scenes of the emojis but for those that are held out, drawn from the packages.
 *
 * @throws {IconSetError} if a package is missing, damaged or of another version.
 * @throws {ArgumentError} if there is no such name.
 */
export async function loadCaptioned({ size, names }: LoadCaptionedOptions): Promise<CaptionedSet> {
  const catalog = await openCatalog({ names: names ? chooseNames(names) : chosenNames });
  const scenes = new Scenes(catalog);
  return {
    images: new Uint8Array(0),
    count: scenes.count,
    channels: 0,
    size,
    fingerprint: scenes.fingerprint,
    tokenizer: emojiTokenizer(catalog),
    vocabulary: vocabularyOf(catalog),
    draw: (subject, generator) => scenes.draw(subject, size, generator),
  };
}
