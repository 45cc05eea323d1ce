/** The words of a prompt, by the tokens that they are cut into. */
import type { Token } from "../../lib/text/mod.ts";

/** What a piece begins with where a word begins. */
const SPACE = "▁";

/** A word, and which of the tokens are its own. */
export interface Word {
  /** The word, its pieces divided by dots in the middle where it has several: `rock·et`. */
  readonly text: string;
  /** The positions of its tokens. */
  readonly positions: readonly number[];
}

/**
 * Puts tokens together to words.
 *
 * @param tokens Those of a prompt, without the one that ends it.
 */
export function wordsOf(tokens: readonly Token[]): Word[] {
  const words: { pieces: string[]; positions: number[] }[] = [];
  tokens.forEach(({ piece }, position) => {
    const begins = piece.startsWith(SPACE) || words.length === 0;
    if (begins) words.push({ pieces: [], positions: [] });
    const word = words.at(-1)!;
    const text = piece.replaceAll(SPACE, "");
    if (text) word.pieces.push(text);
    word.positions.push(position);
  });
  return words
    .filter(({ pieces }) => pieces.length > 0)
    .map(({ pieces, positions }) => ({ text: pieces.join("·"), positions }));
}
