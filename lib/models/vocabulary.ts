/**
 * What a small text-to-image model has learned to draw: the file `vocabulary.json` in its folder.
 *
 * @module
 */
import { CheckpointError } from "../checkpoints/error.ts";
import { Config } from "../checkpoints/config.ts";
import { type Folder, machine } from "../platform/mod.ts";

/** Something that a model draws. */
export interface KnownName {
  /** What it is called. */
  readonly name: string;
  /** What captions called it, with articles; the first is the usual phrase. */
  readonly phrases: readonly string[];
  /** Words that have to do with it, which the model need not know. */
  readonly keywords: readonly string[];
}

/** How a model draws. */
export interface KnownStyle {
  /** Where the style comes from. */
  readonly id: string;
  /** What captions said before a name: "an oil painting of"; the first is the usual phrase. */
  readonly phrases: readonly string[];
}

/** Words of captions beside names and styles, of one kind: colours, grounds. */
export interface KnownWords {
  /** What they describe. */
  readonly kind: string;
  /** The phrases; A and B are placeholders for names. */
  readonly phrases: readonly string[];
}

/** What a model knows. */
export interface ModelVocabulary {
  /** All words of the captions that say something, sorted. */
  readonly words: readonly string[];
  /** What it draws. */
  readonly names: readonly KnownName[];
  /** How it draws. */
  readonly styles: readonly KnownStyle[];
  /** What else captions said, where they did. */
  readonly others?: readonly KnownWords[];
  /** Words that it does not know, each with the names that are nearest in meaning, the nearest first. */
  readonly related: Readonly<Record<string, readonly string[]>>;
}

/** A word of a prompt that a model does not know. */
export interface UnknownWord {
  /** The word. */
  readonly word: string;
  /** Names and words that it knows and that are nearest; there may be none. */
  readonly nearest: readonly string[];
}

/** The file's name. */
export const VOCABULARY_FILE = "vocabulary.json";

/** Words of English that say little: that a model does not know them is not reported. */
const LITTLE = new Set(
  ("a an the of in on at by with and or to from for its it is are his her their this that some very one two as into " +
    "over under near beside behind between next front please draw drawn style").split(" "),
);

/** Shorter words are like too many others. */
const SHORTEST = 4;

/** How many near words are named. */
const NEAREST = 3;

/** The words of a text, in lower case. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/**
 * Reads a model's vocabulary.
 *
 * @param folder The model's folder.
 * @returns The vocabulary; undefined where the model has none: what it knows is not written down.
 * @throws {CheckpointError} if the file is damaged.
 */
export async function readVocabulary(folder: Folder): Promise<ModelVocabulary | undefined> {
  const config = await Config.readIfExists(VOCABULARY_FILE, machine.open(folder));
  if (!config) return undefined;
  const { values, label } = config;
  const { words, names, styles, others, related = {} } = values;
  const texts = (list: unknown) => Array.isArray(list) && list.every((text) => typeof text === "string");
  const all = (list: unknown, fits: (one: Record<string, unknown>) => boolean) =>
    Array.isArray(list) && list.every((one) => typeof one === "object" && one !== null && fits(one));
  const fail = (key: string, expected: string): never => {
    throw new CheckpointError(`${label}: ${key} is no list of ${expected}`);
  };
  if (!texts(words)) fail("words", "texts");
  if (!all(names, (one) => typeof one.name === "string" && texts(one.phrases) && texts(one.keywords))) {
    fail("names", "names with phrases and keywords");
  }
  if (!all(styles, (one) => typeof one.id === "string" && texts(one.phrases))) {
    fail("styles", "styles with phrases");
  }
  if (others !== undefined && !all(others, (one) => typeof one.kind === "string" && texts(one.phrases))) {
    fail("others", "kinds with phrases");
  }
  const isRelated = typeof related === "object" && related !== null && Object.values(related).every(texts);
  if (!isRelated) fail("related", "names by word");
  return { words, names, styles, ...(others !== undefined && { others }), related } as ModelVocabulary;
}

/**
 * The words of a prompt that a model does not know, each once, with what it knows that is nearest: names that have to do with the
 * word, and words that are spelt nearly as it is.
 *
 * @example
 * ```ts
 * const vocabulary = {
 *   words: ["dog", "rocket", "ship"],
 *   names: [
 *     { name: "rocket ship", phrases: ["a rocket ship"], keywords: ["launch"] },
 *     { name: "dog", phrases: ["a dog"], keywords: ["animal"] },
 *   ],
 *   styles: [],
 *   related: { wolf: ["dog"] },
 * };
 * unknownWords(vocabulary, "the launch of a roket with a wolf");
 * // launch: rocket ship; roket: rocket; wolf: dog
 * ```
 */
export function unknownWords(vocabulary: ModelVocabulary, prompt: string): UnknownWord[] {
  const known = new Set(vocabulary.words);
  const unknown = new Set(wordsOf(prompt).filter((word) => !known.has(word) && !LITTLE.has(word)));
  return [...unknown].map((word) => ({ word, nearest: nearestOf(vocabulary, word) }));
}

/** What a model knows that is nearest to a word. */
function nearestOf({ words, names, related }: ModelVocabulary, word: string): string[] {
  const near = words
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ distance }) => word.length >= SHORTEST && distance <= Math.floor(word.length / 3))
    .sort((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
  const byKeyword = names.filter(({ keywords }) => keywords.includes(word)).map(({ name }) => name);
  // A word of its own key alone: "constructor" is no relation of anything.
  const byMeaning = Object.hasOwn(related, word) ? related[word] : [];
  return [...new Set([...near.slice(0, 1), ...byKeyword, ...byMeaning, ...near])].slice(0, NEAREST);
}

/** How many letters must be put in, left out, changed or exchanged with their neighbours (Damerau 1964). */
export function editDistance(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  let beforeLast: number[] = [];
  let last = Array.from({ length: y.length + 1 }, (_, j) => j);
  for (let i = 1; i <= x.length; i++) {
    const row = [i];
    for (let j = 1; j <= y.length; j++) {
      const changed = last[j - 1] + (x[i - 1] === y[j - 1] ? 0 : 1);
      row[j] = Math.min(changed, last[j] + 1, row[j - 1] + 1);
      const exchanged = i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1];
      if (exchanged) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[y.length];
}

/** What {@linkcode searchVocabulary} finds. */
export interface VocabularySearch {
  /** The names that have the word in a phrase or among their keywords. */
  readonly names: readonly KnownName[];
  /** The styles that have it in a phrase. */
  readonly styles: readonly KnownStyle[];
  /** The other phrases that have it, by their kinds. */
  readonly others: readonly KnownWords[];
  /** What is nearest, where nothing has it. */
  readonly nearest: readonly string[];
}

/**
 * Looks for a word, or the beginning of one, in what a model knows.
 *
 * @param word The word; more than one must all be found.
 */
export function searchVocabulary(vocabulary: ModelVocabulary, word: string): VocabularySearch {
  const wanted = wordsOf(word);
  const has = (texts: readonly string[]) => {
    const words = texts.flatMap(wordsOf);
    return wanted.length > 0 && wanted.every((start) => words.some((one) => one.startsWith(start)));
  };
  const names = vocabulary.names.filter(({ phrases, keywords }) => has([...phrases, ...keywords]));
  const styles = vocabulary.styles.filter(({ phrases }) => has(phrases));
  const others = (vocabulary.others ?? []).flatMap(({ kind, phrases }) => {
    const found = phrases.filter((phrase) => has([phrase]));
    return found.length > 0 ? [{ kind, phrases: found }] : [];
  });
  const found = names.length + styles.length + others.length > 0;
  return { names, styles, others, nearest: found ? [] : wanted.flatMap((one) => nearestOf(vocabulary, one)) };
}
