/** Which pairs of name and style are kept out of training, to measure what was learned rather than memorised. */
import { createHash } from "node:crypto";

/**
 * The seed of the choice. It is one that spreads the pairs over names and styles, and leaves in training what the report
 * draws with: its sixteen names in the styles of a plain prompt, and the lithographs.
 */
const SEED = 2448;

/** One pair in so many. */
const ONE_IN = 10;

/** A name is drawn in at least so many styles for training. */
const FEWEST_STYLES = 4;

/**
 * Of one name's styles, those that are held out: one pair in ten by a hash of the pair, so that a pair's part does not
 * depend on what else is in the set; fewer where too few styles would be left.
 *
 * @param name The name.
 * @param styles The ids of the styles that it is drawn in.
 */
export function heldOutStyles(name: string, styles: readonly string[]): Set<string> {
  const drawn = styles
    .map((style) => ({
      style,
      hash: createHash("sha256").update(`${SEED}\n${name}\n${style}`).digest().readUInt32BE(),
    }))
    .filter(({ hash }) => hash < 2 ** 32 / ONE_IN)
    .sort((a, b) => a.hash - b.hash);
  return new Set(drawn.slice(0, Math.max(0, styles.length - FEWEST_STYLES)).map(({ style }) => style));
}
