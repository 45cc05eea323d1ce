/** What a model that was trained on a set knows: `vocabulary.json` of its folder. */
import { type ModelVocabulary, wordsOf } from "../../../lib/models/vocabulary.ts";
import { type Captioned, genericCaptions } from "./captions.ts";
import { describeThings } from "./keywords.ts";

/** How many names a word is related to at most. */
const RELATED = 3;

/**
 * The vocabulary of a set's captions. Of the other things that Unicode has emojis for, it has the names that share most
 * keywords with them; a keyword counts the more, the fewer things have it.
 *
 * @param set The names and styles.
 */
export function vocabularyOf({ names, styles }: Captioned): ModelVocabulary {
  const phrases = [...names, ...styles].flatMap((one) => one.phrases);
  const words = [...new Set([...phrases, ...genericCaptions].flatMap(wordsOf))].sort();
  return {
    words,
    names: names.map(({ name, phrases, keywords }) => ({ name, phrases, keywords })),
    styles: styles.map(({ id, phrases }) => ({ id, phrases })),
    related: relatedNames(names, new Set(words)),
  };
}

function relatedNames(names: Captioned["names"], known: ReadonlySet<string>): Record<string, string[]> {
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
