import { characterLength } from "./utf8.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A part of a text, as a piece: the bytes from `start` up to `end`. */
export interface Segment {
  /** The first byte. */
  readonly start: number;
  /** The byte after the last. */
  readonly end: number;
  /** The piece. */
  readonly id: number;
}

/**
 * Cuts a text into the pieces whose probabilities have the highest product: the Viterbi algorithm over a unigram
 * language model (Kudo 2018, "Subword Regularization", section 3.2). A character that is no piece is an unknown one.
 * Of segmentations that are as good as each other, the one whose last piece is the longest wins, as in SentencePiece.
 *
 * Scores are summed in single precision, as SentencePiece has them: with a long text the order of rounding decides.
 *
 * @param text Normalized text, in UTF-8.
 * @param vocabulary The pieces.
 */
export function segment(text: Uint8Array, vocabulary: Vocabulary): Segment[] {
  const { tree, scores, unknownScore, unkId } = vocabulary;
  // Of the best segmentation up to each position: its score; where its last piece starts, and which it is.
  const best = new Float32Array(text.length + 1);
  const starts = new Int32Array(text.length + 1).fill(-1);
  const ids = new Int32Array(text.length + 1);
  const offer = (start: number, end: number, id: number, score: number) => {
    if (starts[end] >= 0 && !(score > best[end])) return;
    best[end] = score;
    starts[end] = start;
    ids[end] = id;
  };
  for (let start = 0; start < text.length;) {
    const next = Math.min(start + characterLength(text[start]), text.length);
    let single = false;
    let node: number | undefined = 0;
    for (let end = start + 1; end <= text.length; end++) {
      node = tree.step(node, text[end - 1]);
      if (node === undefined) break;
      const id = tree.value(node);
      if (id < 0) continue;
      offer(start, end, id, scores[id] + best[start]);
      single ||= end === next;
    }
    if (!single) offer(start, next, unkId, Math.fround(unknownScore + best[start]));
    start = next;
  }
  const segments: Segment[] = [];
  for (let end = text.length; end > 0; end = starts[end]) {
    segments.push({ start: starts[end], end, id: ids[end] });
  }
  return segments.reverse();
}
