/** The vocabularies of text-to-image models, for pages. */
import { findModel, type ModelVocabulary, readVocabulary } from "../lib/models/mod.ts";
import type { WireModel, WireVocabulary } from "./wire.ts";

/** The vocabularies of text-to-image models by name; models without a recorded one are left out. */
export async function vocabulariesOf(models: readonly WireModel[]): Promise<Record<string, WireVocabulary>> {
  const found: Record<string, WireVocabulary> = {};
  for (const { name } of models.filter(({ kind }) => kind === "text-to-image")) {
    const known = await findModel(name).then(readVocabulary).catch(() => undefined);
    if (known) found[name] = wireVocabulary(known);
  }
  return found;
}

/** Phrases in lookup order: by their first word that is not an article. */
function inOrder(phrases: readonly string[]): string[] {
  const key = (phrase: string) => phrase.replace(/^(an?|the) /, "");
  return phrases.toSorted((a, b) => key(a).localeCompare(key(b), "en"));
}

/** The phrases that captions mostly used. */
export function wireVocabulary({ styles, names, others = [] }: ModelVocabulary): WireVocabulary {
  return {
    styles: inOrder(styles.map(({ phrases }) => phrases[0])),
    things: inOrder(names.map(({ phrases }) => phrases[0])),
    others,
  };
}
