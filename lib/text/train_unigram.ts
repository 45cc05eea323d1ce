/**
 * Learns the vocabulary of a unigram language model (Kudo 2018, "Subword Regularization: Improving Neural Network
 * Translation Models with Multiple Subword Candidates", section 3.2): begin with all frequent substrings of words, estimate
 * their probabilities by expectation and maximization, take away those that the likelihood misses least, and repeat.
 */
import { ArgumentError } from "../argument_error.ts";

/** A piece of a vocabulary. */
export interface UnigramPiece {
  /** Its text; a space is written as U+2581. */
  readonly text: string;
  /** The logarithm of its probability. */
  readonly score: number;
}

/** How a vocabulary is learned. */
export interface TrainUnigramOptions {
  /** How many pieces it has at most, those of single characters included. */
  readonly size: number;
  /** Characters that are pieces even where no text has them. */
  readonly characters?: Iterable<string>;
}

/** The mark of a space. */
const SPACE = "\u2581";
/** The most characters of a piece. */
const LONGEST = 16;
/** The share of the pieces that are left by a round of pruning. */
const SHRINK = 0.75;
/** Rounds of expectation and maximization between two prunings. */
const ROUNDS = 2;
/** Pieces that are expected less often than this are dropped. */
const RARE = 0.5;
/** How much less probable than the least probable piece a character is that no text needs. */
const UNSEEN = 1;

interface Word {
  /** The characters. */
  readonly text: readonly string[];
  /** How often it is there. */
  readonly count: number;
}

/** Log-probabilities of pieces. */
type Scores = Map<string, number>;

/**
 * Learns a vocabulary.
 *
 * @param texts Texts, each with how often it counts. Their white space is what divides words; no piece goes over it.
 * @param options The size, and characters that have to be there.
 * @returns The pieces, the most probable first. The same input gives the same pieces.
 * @throws {ArgumentError} if `size` is too small for all characters.
 */
export function trainUnigram(
  texts: Iterable<[text: string, count: number]>,
  options: TrainUnigramOptions,
): UnigramPiece[] {
  const words = countWords(texts);
  const needed = new Set([SPACE, ...options.characters ?? [], ...words.flatMap(({ text }) => text)]);
  const { size } = options;
  if (!(Number.isSafeInteger(size) && size >= needed.size)) {
    throw new ArgumentError("size", size, `at least the ${needed.size} characters`, { plural: true });
  }
  let scores = seed(words);
  const most = () => size - [...needed].filter((character) => !scores.has(character)).length;
  for (;;) {
    for (let round = 0; round < ROUNDS; round++) scores = maximize(expect(words, scores));
    if (scores.size <= most()) break;
    scores = prune(words, scores, Math.max(most(), Math.floor(scores.size * SHRINK)));
  }
  const least = Math.min(...scores.values(), 0) - UNSEEN;
  for (const character of needed) if (!scores.has(character)) scores.set(character, least);
  return [...scores].map(([text, score]) => ({ text, score })).sort(byScore);
}

/** The most probable first; equals by their texts, so that the order does not depend on anything else. */
function byScore(a: UnigramPiece, b: UnigramPiece): number {
  return b.score - a.score || (a.text < b.text ? -1 : 1);
}

/** The words of texts, each with the mark of the space before it, sorted. */
function countWords(texts: Iterable<[string, number]>): Word[] {
  const counts = new Map<string, number>();
  for (const [text, count] of texts) {
    for (const word of text.split(/\s+/)) {
      if (word) counts.set(SPACE + word, (counts.get(SPACE + word) ?? 0) + count);
    }
  }
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1).map(([word, count]) => ({ text: [...word], count }));
}

/** What stands by itself: no longer piece has punctuation or a symbol in it, but for the mark of a space. */
const ALONE = /(?!\u2581)[\p{P}\p{S}]/u;

/** All single characters, and all substrings that are there twice or more, by how many characters they account for. */
function seed(words: readonly Word[]): Scores {
  const counts = new Map<string, number>();
  for (const { text, count } of words) {
    for (let start = 0; start < text.length; start++) {
      let piece = "";
      for (let end = start; end < Math.min(text.length, start + LONGEST); end++) {
        if (end > start && (ALONE.test(text[end]) || ALONE.test(text[start]))) break;
        piece += text[end];
        counts.set(piece, (counts.get(piece) ?? 0) + count);
      }
    }
  }
  const kept = [...counts].filter(([piece, count]) => count >= 2 || [...piece].length === 1);
  const total = kept.reduce((sum, [piece, count]) => sum + count * [...piece].length, 0);
  return new Map(kept.map(([piece, count]) => [piece, Math.log(count * [...piece].length / total)]));
}

/** What a character counts for that is no piece: it must stay possible to write every word. */
const UNKNOWN = -30;

interface Step {
  readonly start: number;
  readonly end: number;
  readonly piece: string;
  readonly score: number;
}

/** All pieces in a word, by where they end. */
function lattice({ text }: Word, scores: Scores, without?: string): Step[][] {
  const steps: Step[][] = Array.from({ length: text.length + 1 }, () => []);
  for (let start = 0; start < text.length; start++) {
    let piece = "";
    for (let end = start + 1; end <= Math.min(text.length, start + LONGEST); end++) {
      piece += text[end - 1];
      const score = piece === without ? undefined : scores.get(piece);
      if (score !== undefined) steps[end].push({ start, end, piece, score });
      else if (end === start + 1) steps[end].push({ start, end, piece, score: UNKNOWN });
    }
  }
  return steps;
}

function logSumExp(values: readonly number[]): number {
  const most = Math.max(...values);
  return most === -Infinity ? most : most + Math.log(values.reduce((sum, v) => sum + Math.exp(v - most), 0));
}

/** How often each piece is expected in the words, over all segmentations: the forward and backward algorithm. */
function expect(words: readonly Word[], scores: Scores): Map<string, number> {
  const expected = new Map<string, number>();
  for (const word of words) {
    const { length } = word.text;
    const steps = lattice(word, scores);
    const forward = new Float64Array(length + 1).fill(-Infinity);
    forward[0] = 0;
    for (let end = 1; end <= length; end++) {
      forward[end] = logSumExp(steps[end].map(({ start, score }) => forward[start] + score));
    }
    const backward = new Float64Array(length + 1).fill(-Infinity);
    backward[length] = 0;
    for (let end = length; end > 0; end--) {
      for (const { start, score } of steps[end]) {
        backward[start] = logSumExp([backward[start], backward[end] + score]);
      }
    }
    for (const { start, end, piece, score } of steps.flat()) {
      const share = Math.exp(forward[start] + score + backward[end] - forward[length]);
      expected.set(piece, (expected.get(piece) ?? 0) + word.count * share);
    }
  }
  return expected;
}

/** New probabilities from expected counts, under a prior that is for few pieces (SentencePiece's variational step). */
function maximize(expected: ReadonlyMap<string, number>): Scores {
  const kept = [...expected].filter(([, count]) => count >= RARE);
  const total = digamma(kept.reduce((sum, [, count]) => sum + count, 0));
  return new Map(kept.map(([piece, count]) => [piece, digamma(count) - total]));
}

/** The derivative of the logarithm of the gamma function, for x > 0: its asymptotic series, after moving up to 7. */
function digamma(x: number): number {
  let result = 0;
  for (; x < 7; x++) result -= 1 / x;
  const y = x - 0.5;
  const square = 1 / (y * y);
  return result + Math.log(y) +
    square * (1 / 24 - square * (7 / 960 - square * (31 / 8064 - square * 127 / 30720)));
}

/** The most probable segmentation of a word. */
function best(word: Word, scores: Scores, without?: string): { score: number; pieces: string[] } {
  const { length } = word.text;
  const steps = lattice(word, scores, without);
  const reached = new Float64Array(length + 1).fill(-Infinity);
  reached[0] = 0;
  const last: Step[] = [];
  for (let end = 1; end <= length; end++) {
    for (const step of steps[end]) {
      const score = reached[step.start] + step.score;
      if (score > reached[end]) reached[end] = score, last[end] = step;
    }
  }
  const pieces: string[] = [];
  for (let end = length; end > 0; end = last[end].start) pieces.push(last[end].piece);
  return { score: reached[length], pieces: pieces.reverse() };
}

/** Keeps the pieces whose loss would lower the likelihood of the words most, and all single characters. */
function prune(words: readonly Word[], scores: Scores, size: number): Scores {
  const losses = new Map<string, number>();
  for (const word of words) {
    const { score, pieces } = best(word, scores);
    for (const piece of new Set(pieces)) {
      const loss = word.count * (score - best(word, scores, piece).score);
      losses.set(piece, (losses.get(piece) ?? 0) + loss);
    }
  }
  const single = [...scores].filter(([piece]) => [...piece].length === 1);
  const longer = [...scores]
    .filter(([piece]) => [...piece].length > 1)
    .map(([text, score]) => ({ text, score, loss: losses.get(text) ?? 0 }))
    .sort((a, b) => b.loss - a.loss || byScore(a, b))
    .slice(0, Math.max(0, size - single.length))
    .map(({ text, score }): [string, number] => [text, score]);
  return new Map([...single, ...longer]);
}
