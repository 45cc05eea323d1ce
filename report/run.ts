/**
 * Runs a section.
 *
 * @module
 */
import { ArgumentError } from "../lib/errors.ts";
import type { Context } from "./context.ts";
import { parseParameters } from "./form.ts";
import { type Section, SectionError, type SectionEvent } from "./section.ts";

/**
 * Validates parameters and runs a section with them.
 *
 * @param section The section.
 * @param input Its parameters; missing ones have their defaults.
 * @param context Models, pictures, the signal.
 * @throws {SectionError} if a parameter is wrong, or a model, a picture or a mask does not fit.
 * @throws The signal's reason, once it is aborted.
 */
export async function* runSection(
  section: Section,
  input: unknown,
  context: Context,
): AsyncGenerator<SectionEvent, void, undefined> {
  const parameters = parseParameters(section, input);
  try {
    yield* section.run(parameters, context);
  } catch (error) {
    const aborted = context.signal.aborted && error === context.signal.reason;
    if (!(error instanceof ArgumentError) || error instanceof SectionError || aborted) throw error;
    throw new SectionError(section.id, error);
  }
}
