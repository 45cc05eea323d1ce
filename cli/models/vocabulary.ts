/** What a text-to-image model knows: `deno task models vocabulary MODEL [WORD]`, and a note about unknown words. */
import { ArgumentError } from "../../lib/errors.ts";
import {
  type ModelFolder,
  type ModelVocabulary,
  searchVocabulary,
  unknownWords,
  VOCABULARY_FILE,
} from "../../lib/models/mod.ts";
import { openModelToRun } from "./find_model.ts";

/** Prints a model's vocabulary, or the entries related to a word. */
export async function printVocabulary(
  model: string,
  words: readonly string[],
  { json }: { json?: true },
): Promise<void> {
  const vocabulary = await (await openModelToRun(model)).vocabulary();
  if (!vocabulary) {
    throw new ArgumentError("model", model, `one with a ${VOCABULARY_FILE}`);
  }
  const word = words.join(" ");
  if (!word) {
    return console.log(json ? JSON.stringify(vocabulary) : listing(vocabulary));
  }
  const found = searchVocabulary(vocabulary, word);
  if (json) return console.log(JSON.stringify({ word, ...found }));
  if (found.names.length + found.styles.length + found.others.length > 0) return console.log(listing(found));
  const near = found.nearest.length ? `; nearest: ${found.nearest.join(", ")}` : "";
  console.log(`${model} does not know ${JSON.stringify(word)}${near}`);
}

function listing(
  { names, styles, others = [] }: Pick<ModelVocabulary, "names" | "styles" | "others">,
): string {
  const lines = names.map(({ name, phrases, keywords }) => {
    const others = phrases.slice(1).join(", ");
    const about = keywords.length ? ` (${keywords.join(", ")})` : "";
    return `${name}${others && `: ${others}`}${about}`;
  });
  const looks = styles.map(({ phrases }) => phrases.map((phrase) => `${phrase} ...`).join(", "));
  const words = others.map(({ kind, phrases }) => `${kind}: ${phrases.join(", ")}`);
  return [...lines, ...looks, ...words].join("\n");
}

/**
 * The note about words of prompts that a model does not know; undefined if there are none, or the model's vocabulary is not
 * recorded.
 */
export async function unknownWordsNote(
  { name, vocabulary: read }: ModelFolder,
  prompts: readonly string[],
): Promise<string | undefined> {
  const vocabulary = await read();
  const unknown = vocabulary ? unknownWords(vocabulary, prompts.join(" ")) : [];
  if (unknown.length === 0) return undefined;
  const words = unknown.map(({ word, nearest }) => {
    return JSON.stringify(word) + (nearest.length ? ` (nearest: ${nearest.join(", ")})` : "");
  });
  return `note: ${name} does not know ${words.join(", ")}; ` +
    `deno task models vocabulary ${name} lists what it has learned`;
}
