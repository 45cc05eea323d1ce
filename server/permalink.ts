/** Links that bring a result back: the parameters are in the address. */
import { ArgumentError } from "../lib/errors.ts";
import { parseParameters, type Section } from "../report/mod.ts";
import { resultKey } from "./catalog.ts";
import type { Gallery } from "./gallery.ts";
import type { Parameters, WireResult } from "./wire.ts";

/** What a link asks for. */
export interface Wish {
  /** All parameters. */
  readonly parameters: Parameters;
  /** The result, if it is kept; nobody's job is started by a link. */
  readonly result: WireResult | null;
  /** What is wrong with the link. */
  readonly problem?: string;
}

/**
 * Reads what a link asks for; null where it asks for nothing.
 *
 * @param text The parameters as JSON.
 */
export async function readPermalink(
  gallery: Gallery,
  section: Section,
  text: string | null,
): Promise<Wish | null> {
  if (!text) return null;
  try {
    const parameters = parseParameters(section, JSON.parse(text.slice(0, 20_000)));
    const models = await gallery.catalog.modelsOf(section, parameters);
    const result = await gallery.store.get(resultKey(section.id, parameters, models)) ?? null;
    return { parameters, result };
  } catch (error) {
    const problem = error instanceof ArgumentError
      ? error.message
      : "The link is damaged: its parameters cannot be read.";
    return { parameters: {}, result: null, problem };
  }
}
