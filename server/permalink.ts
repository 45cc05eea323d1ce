/** Permalinks: addresses with the parameters of a result. */
import { ArgumentError } from "../lib/errors.ts";
import { parseParameters, type Section } from "../report/mod.ts";
import { resultKey } from "./catalog.ts";
import type { Gallery } from "./gallery.ts";
import type { Parameters, WireResult } from "./wire.ts";

/** The run that a link requests. */
export interface RequestedRun {
  /** All parameters. */
  readonly parameters: Parameters;
  /** The result, if stored; links never start jobs. */
  readonly result: WireResult | null;
  /** What is wrong with the link. */
  readonly problem?: string;
}

/**
 * Reads a link's parameters; null if it has none.
 *
 * @param text The parameters as JSON.
 */
export async function readPermalink(
  gallery: Gallery,
  section: Section,
  text: string | null,
): Promise<RequestedRun | null> {
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
