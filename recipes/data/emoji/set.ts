/** The form of the data set. */

/** The sizes of pictures that training needs: those of both stages, and 64 for a first stage on an accelerator. */
export const emojiSizes: readonly number[] = [32, 64, 128];

/** The index of a set on disk. */
export interface EmojiIndex {
  /** Identifies the lists of names and styles that the set was made by. */
  readonly recipe: string;
  /** The sizes of the pictures: `pictures-SIZE.bin` holds `[entries, 3, SIZE, SIZE]`. */
  readonly sizes: readonly number[];
  /** What the pictures show. */
  readonly names: readonly EmojiName[];
  /** What they look like. */
  readonly styles: readonly EmojiStyle[];
  /** The pictures, in the order of the files. */
  readonly entries: readonly EmojiEntry[];
  /** What could not be drawn, each with the reason. */
  readonly skipped: readonly string[];
}

/** What pictures show. */
export interface EmojiName {
  /** What it is called. */
  readonly name: string;
  /** What captions call it, with articles; the first is the usual phrase. */
  readonly phrases: readonly string[];
  /** Words that have to do with it. */
  readonly keywords: readonly string[];
}

/** What pictures look like. */
export interface EmojiStyle {
  /** The set of icons. */
  readonly id: string;
  /** The npm package, with its version. */
  readonly package: string;
  /** What stands before a name's phrase; the first is the usual one. */
  readonly phrases: readonly string[];
  /** The share of captions without a style. */
  readonly plain: number;
  /** The share of captions that name nothing. */
  readonly generic: number;
}

/** One picture. */
export interface EmojiEntry {
  /** Its number in the names. */
  readonly name: number;
  /** Its number in the styles. */
  readonly style: number;
  /** Whether it is kept out of training. */
  readonly heldOut: boolean;
}
