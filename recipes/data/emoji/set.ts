/** The format of the reference set: one picture of every icon, for measuring a network's output. */
import type { HeldOut } from "./held_out.ts";

/** The sizes of pictures that measures need: those of both stages, and 64 for a first stage on an accelerator. */
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
  /** Its name. */
  readonly name: string;
  /** Its phrases in captions, with articles; the first is the usual one. */
  readonly phrases: readonly string[];
}

/** What pictures look like. */
export interface EmojiStyle {
  /** Its name in files. */
  readonly id: string;
  /** The npm packages, with their versions. */
  readonly packages: readonly string[];
  /** The phrases before a name; the first is the usual one. */
  readonly phrases: readonly string[];
  /** Those for pictures that fill the square; empty in most styles. */
  readonly bleed: readonly string[];
  /** The fraction of captions without a style. */
  readonly plain: number;
  /** The fraction of captions that name nothing. */
  readonly generic: number;
}

/** One picture. */
export interface EmojiEntry {
  /** Its number in the names. */
  readonly name: number;
  /** Its number in the styles. */
  readonly style: number;
  /** The package and the icon. */
  readonly id: string;
  /** Whether it is held out of training: the picture, or every one of its name in its style. */
  readonly heldOut: HeldOut;
}
