/** The vocabulary of a trained model: `vocabulary.json` in its folder. */
import { type KnownName, type ModelVocabulary, wordsOf } from "../../../lib/models/mod.ts";
import { genericCaptions, keywordsOf, sceneWords } from "./captions.ts";
import type { Catalog } from "./catalog.ts";
import { describeThings } from "./keywords.ts";

/** How many names a word is related to at most. */
const RELATED = 3;

/**
 * The vocabulary of the captions of scenes. Of the other things that Unicode has emojis for, it has the names that share most
 * keywords with them; a keyword counts the more, the fewer things have it.
 *
 * @param catalog The names and styles.
 */
export function vocabularyOf(catalog: Pick<Catalog, "names" | "styles">): ModelVocabulary {
  const names = catalog.names.map((name): KnownName => {
    return { name: name.name, phrases: [...name.phrases, ...name.looks], keywords: keywordsOf(name) };
  });
  const styles = catalog.styles.map(({ id, phrases, bleed }) => {
    return { id, phrases: [...bleed?.phrases ?? [], ...phrases] };
  });
  const phrases = [...names, ...styles, ...sceneWords].flatMap((one) => one.phrases);
  // A and B are placeholders in phrases of two things.
  const words = new Set(
    [...phrases, ...genericCaptions].map((phrase) => phrase.replace(/\b[AB]\b/g, ""))
      .flatMap(wordsOf),
  );
  return {
    words: [...words].sort(),
    names,
    styles,
    others: sceneWords,
    related: relatedNames(names, words),
  };
}

function relatedNames(names: readonly KnownName[], known: ReadonlySet<string>): Record<string, string[]> {
  const things = describeThings();
  const holders = new Map<string, number>();
  for (const { keywords } of things) {
    for (const word of keywords) holders.set(word, (holders.get(word) ?? 0) + 1);
  }
  const related: Record<string, string[]> = {};
  for (const { label, keywords } of things) {
    const word = label.replace(/ face$/, "");
    if (known.has(word) || !/^[a-z]{3,}$/.test(word)) continue;
    const near = names
      .map((name) => {
        const shared = keywords.filter((keyword) =>
          name.keywords.includes(keyword) || known.has(keyword) &&
            name.phrases.some((phrase) => wordsOf(phrase).includes(keyword))
        );
        return {
          name: name.name,
          score: shared.reduce((sum, keyword) => sum + 1 / holders.get(keyword)!, 0),
        };
      })
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
    if (near.length > 0) related[word] = near.slice(0, RELATED).map(({ name }) => name);
  }
  return related;
}
