/** The reference set of emojis, as `deno task data emoji` has made it. */
import { ArgumentError } from "../../../lib/errors.ts";
import type { EmojiEntry, EmojiIndex, EmojiName, EmojiStyle } from "./set.ts";
import { packageNames, styles } from "./styles.ts";

/** Where the set is kept. */
export const emojiFolder = "runs/data/emoji";

/** Thrown where the set is not there, damaged, or made by other lists; the message says how to make it. */
export class EmojiSetError extends Error {
  /** The name of the class. */
  override name = "EmojiSetError";
}

/** The set in one size. */
export interface EmojiSet {
  /** Height and width of the pictures. */
  readonly size: number;
  /** The bytes `[entries, 3, size, size]`: red, green and blue on white. */
  readonly pictures: Uint8Array;
  /** What each picture is. */
  readonly entries: readonly EmojiEntry[];
  /** What pictures show. */
  readonly names: readonly EmojiName[];
  /** What they look like. */
  readonly styles: readonly EmojiStyle[];
}

/** What {@linkcode loadEmoji} reads. */
export interface LoadEmojiOptions {
  /** Height and width of the pictures. */
  readonly size: number;
  /** Some names, in the order in which they are numbered; defaults to all. */
  readonly names?: readonly string[];
  /** The folder of the set; defaults to {@linkcode emojiFolder}. */
  readonly folder?: string;
}

const HOW = "`deno task data emoji` makes it";

/**
 * Reads the set's index.
 *
 * @throws {EmojiSetError} if there is none, or it is damaged.
 */
export async function readEmojiIndex(folder: string = emojiFolder): Promise<EmojiIndex> {
  const path = `${folder}/index.json`;
  try {
    const index = JSON.parse(await Deno.readTextFile(path));
    if (Array.isArray(index?.entries) && Array.isArray(index.names) && Array.isArray(index.styles)) {
      return assertCurrent(index, folder);
    }
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) {
      throw new EmojiSetError(`data: ${folder} where the set of emojis is expected; ${HOW}`, { cause });
    }
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new EmojiSetError(`data: ${path} is no index of a set of emojis; ${HOW} anew`);
}

/** Throws if the pictures are those of other versions of the packages than are used now. */
function assertCurrent(index: EmojiIndex, folder: string): EmojiIndex {
  for (const { id, packages: found = [] } of index.styles) {
    const style = styles.find((one) => one.id === id);
    const expected = style ? packageNames(style).join(", ") : "no such style";
    if (found.join(", ") === expected) continue;
    throw new EmojiSetError(
      `data: ${folder} is made from ${found.join(", ") || id} where ${expected} is expected; ${HOW} anew`,
    );
  }
  return index;
}

/**
 * Loads the pictures.
 *
 * @throws {EmojiSetError} if the set is not there, is damaged, or has not this size.
 * @throws {ArgumentError} if a name is not in the set.
 *
 * @example
 * ```ts
 * const set = await loadEmoji({ size: 32 });
 * const heldOut = set.entries.filter(({ heldOut }) => heldOut);
 * set.names[heldOut[0].name].phrases[0]; // "a rocket ship"
 * ```
 */
export async function loadEmoji(options: LoadEmojiOptions): Promise<EmojiSet> {
  const { size, folder = emojiFolder } = options;
  const index = await readEmojiIndex(folder);
  const { sizes } = index;
  if (!sizes.includes(size)) {
    throw new EmojiSetError(
      `size: ${size} where one of ${sizes.join(", ")} is in ${folder}; ` +
        `\`deno task data emoji --sizes ${[...sizes, size].join(",")}\` makes it`,
    );
  }
  const path = `${folder}/pictures-${size}.bin`;
  const bytes = await Deno.readFile(path).catch((cause) => {
    throw new EmojiSetError(`data: ${path} cannot be read; ${HOW} anew`, { cause });
  });
  const length = 3 * size * size;
  if (bytes.length !== index.entries.length * length) {
    const expected = index.entries.length * length;
    throw new EmojiSetError(
      `data: ${path} of ${bytes.length} bytes where ${expected} are expected; ${HOW} anew`,
    );
  }
  if (!options.names) {
    return { size, pictures: bytes, entries: index.entries, names: index.names, styles: index.styles };
  }

  const numbers = options.names.map((name) => {
    const number = index.names.findIndex((one) => one.name === name);
    if (number >= 0) return number;
    throw new ArgumentError("names", name, `one of the ${index.names.length} names of ${folder}`);
  });
  const chosen = index.entries.flatMap((entry, i) => numbers.includes(entry.name) ? [{ entry, i }] : []);
  const pictures = new Uint8Array(chosen.length * length);
  for (const [n, { i }] of chosen.entries()) {
    pictures.set(bytes.subarray(i * length, (i + 1) * length), n * length);
  }
  return {
    size,
    pictures,
    entries: chosen.map(({ entry }) => ({ ...entry, name: numbers.indexOf(entry.name) })),
    names: numbers.map((number) => index.names[number]),
    styles: index.styles,
  };
}
