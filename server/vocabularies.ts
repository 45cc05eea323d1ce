/** What models for texts know, for pages. */
import { findModel, type ModelVocabulary, readVocabulary } from "../lib/models/mod.ts";
import type { WireModel, WireVocabulary } from "./wire.ts";

/** What those models know that draw texts, by their names; nothing of those whose words are not written down. */
export async function vocabulariesOf(models: readonly WireModel[]): Promise<Record<string, WireVocabulary>> {
  const found: Record<string, WireVocabulary> = {};
  for (const { name } of models.filter(({ kind }) => kind === "text-to-image")) {
    const known = await findModel(name).then(readVocabulary).catch(() => undefined);
    if (known) found[name] = wireVocabulary(known);
  }
  return found;
}

/** The phrases that captions mostly used. */
export function wireVocabulary({ styles, names, others = [] }: ModelVocabulary): WireVocabulary {
  return {
    styles: styles.map(({ phrases }) => phrases[0]),
    things: names.map(({ phrases }) => phrases[0]),
    others,
  };
}
