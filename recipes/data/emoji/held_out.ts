/** What is kept out of training, to measure what was learned rather than memorised. */
import { createHash } from "node:crypto";

/**
 * The seed of the choice. It is one that spreads the pairs over names and styles, and leaves in training what the report
 * draws with: its sixteen names in the styles of a plain prompt, and the lithographs.
 */
const SEED = 2448;

/** One in so many is held out. */
const ONE_IN = 10;

/** A name is drawn in at least so many styles for training. */
const FEWEST_STYLES = 4;

/** A number below 2^32 that stands for texts. */
function hash(...texts: readonly string[]): number {
  return createHash("sha256").update([SEED, ...texts].join("\n")).digest().readUInt32BE();
}

/**
 * Of one name's styles, those that are held out: one pair in ten by a hash of the pair, so that a pair's part does not
 * depend on what else is in the set; fewer where too few styles would be left.
 *
 * @param name The name.
 * @param styles The ids of the styles that it is drawn in.
 */
export function heldOutStyles(name: string, styles: readonly string[]): Set<string> {
  const drawn = styles
    .map((style) => ({ style, hash: hash(name, style) }))
    .filter(({ hash }) => hash < 2 ** 32 / ONE_IN)
    .sort((a, b) => a.hash - b.hash);
  return new Set(drawn.slice(0, Math.max(0, styles.length - FEWEST_STYLES)).map(({ style }) => style));
}

/** A picture, as far as holding out goes. */
export interface Holdable {
  /** What tells it from others of its name: package and icon. One icon may be in two styles. */
  readonly id: string;
  /** Its style's id. */
  readonly style: string;
}

/** What is held out of a picture: nothing; it alone; all pictures of its name in its style. */
export type HeldOut = false | "picture" | "pair";

/**
 * Of one name's pictures, what is held out: pairs of name and style, by {@linkcode heldOutStyles}; a tenth of the other pictures,
 * those that come first by a hash, as long as every other pair keeps one in training; and what is held out in one style, in all.
 *
 * @param name The name.
 * @param pictures Its pictures.
 * @returns What is held out of each.
 */
export function holdOut(name: string, pictures: readonly Holdable[]): HeldOut[] {
  const pairs = heldOutStyles(name, [...new Set(pictures.map(({ style }) => style))]);
  const inPairs = new Set(pictures.filter(({ style }) => pairs.has(style)).map(({ id }) => id));
  const rest = pictures.filter(({ id, style }) => !pairs.has(style) && !inPairs.has(id));
  const held = heldOutPictures(name, rest);
  return pictures.map(({ id, style }) =>
    pairs.has(style) ? "pair" : inPairs.has(id) || held.has(id) ? "picture" : false
  );
}

function heldOutPictures(name: string, pictures: readonly Holdable[]): Set<string> {
  const left = new Map<string, number>();
  for (const { style } of pictures) left.set(style, (left.get(style) ?? 0) + 1);
  const wanted = Math.round(pictures.length / ONE_IN);
  const ranked = [...new Set(pictures.map(({ id }) => id))]
    .sort((a, b) => hash(name, "picture", a) - hash(name, "picture", b));
  const held = new Set<string>();
  for (const id of ranked) {
    const styles = pictures.filter((one) => one.id === id).map(({ style }) => style);
    if (held.size === wanted) break;
    if (styles.some((style) => left.get(style)! < 2)) continue;
    held.add(id);
    for (const style of styles) left.set(style, left.get(style)! - 1);
  }
  return held;
}

/** Whether two names are never seen together in training: one pair in ten. */
export function isHeldOutTogether(name: string, other: string): boolean {
  return hash("together", ...[name, other].sort()) < 2 ** 32 / ONE_IN;
}

/** Whether a name is never seen in a colour in training: one pair in ten. */
export function isHeldOutColour(name: string, colour: string): boolean {
  return hash("colour", name, colour) < 2 ** 32 / ONE_IN;
}
