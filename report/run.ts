/**
 * Running a section from outside.
 *
 * @module
 */
import { CheckpointError } from "../lib/checkpoints/error.ts";
import { SafetensorsError } from "../lib/checkpoints/safetensors.ts";
import { ImageError } from "../lib/image.ts";
import { UnknownModelError } from "../lib/models/load.ts";
import type { Context } from "./context.ts";
import { parseParameters } from "./form.ts";
import { type Section, SectionError, type SectionEvent } from "./section.ts";

/** Errors that say what is wrong with what they were given. */
const ofInput = [RangeError, CheckpointError, SafetensorsError, ImageError, UnknownModelError];

/**
 * Checks parameters and runs a section with them.
 *
 * @param section The section.
 * @param input Its parameters; what is missing has its default.
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
    const blamed = error instanceof Error && ofInput.some((kind) => error instanceof kind) &&
      /^(?<name>[\w.[\]]+): (?<rest>.*)$/s.exec(error.message)?.groups;
    if (!blamed || (context.signal.aborted && error === context.signal.reason)) throw error;
    throw new SectionError(section.id, blamed.name, blamed.rest, { cause: error });
  }
}
