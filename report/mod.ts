/**
 * The report: its sections in order.
 *
 * @module
 */
import type { Section } from "./section.ts";
import { forward } from "./sections/forward.ts";

export * from "./section.ts";
export * from "./context.ts";
export { type Control, type FieldMeta } from "./fields.ts";
export { defaultParameters, type Field, fieldsOf, parseParameters } from "./form.ts";
export { runSection } from "./run.ts";

/** The sections, in the order in which they are read. */
export const sections: readonly Section[] = [forward];

/**
 * The section of an id.
 *
 * @throws {RangeError} if there is none; the message lists the ids.
 */
export function findSection(id: string): Section {
  const found = sections.find((section) => section.id === id);
  if (found) return found;
  throw new RangeError(
    `id: ${JSON.stringify(id)} where one of ${sections.map(({ id }) => id).join(", ")} is expected`,
  );
}
