/** What models for texts know: words to choose from, and words that they do not know. */
import type { App } from "fresh";
import { findModel, readVocabulary, unknownWords } from "../../lib/models/mod.ts";
import type { State } from "../state.ts";
import { wireVocabulary } from "../vocabularies.ts";
import { notFound, serve } from "./handler.ts";
import { operations } from "./operations.ts";

/** The longest text that is looked at, in characters. */
const LONGEST = 4000;

/** Adds what models know to an application. */
export function vocabulary(app: App<State>): void {
  serve(app, operations.readVocabulary, async (ctx) => {
    const { searchParams } = ctx.url;
    const name = searchParams.get("model") ?? "";
    const models = await ctx.state.gallery.catalog.models();
    if (!models.some((model) => model.name === name)) throw notFound("model");
    const known = await readVocabulary(await findModel(name));
    const prompt = searchParams.get("prompt");
    const answer = prompt === null
      ? known && wireVocabulary(known)
      : known && unknownWords(known, prompt.slice(0, LONGEST));
    return Response.json(answer ?? null, { headers: { "cache-control": "private, max-age=60" } });
  });
}
