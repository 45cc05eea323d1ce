/**
 * The report: its sections in order.
 *
 * @module
 */
import { ArgumentError } from "../lib/errors.ts";
import { parts } from "./parts.ts";
import type { Section } from "./section.ts";

export * from "./section.ts";
export * from "./context.ts";
export { type Part, parts, partsOf } from "./parts.ts";
export { type Control, type FieldMeta } from "./fields.ts";
export { defaultParameters, type Field, fieldsOf, parseParameters } from "./form.ts";
export { openImages, type ReadOwnImage, reportImagesFolder } from "./images.ts";
export { type ReportImage, reportImages, titleOfImage } from "./report_images.ts";
export { type OpenModels, openModels, type WeightFiles } from "./models.ts";
export { runSection } from "./run.ts";
export { generation } from "./generation.ts";

/** All sections, part by part. */
export const sections: readonly Section[] = parts.flatMap(({ sections }) => sections);

/**
 * The section of an id.
 *
 * @throws {ArgumentError} if there is none; the message lists the ids.
 */
export function findSection(id: string): Section {
  const found = sections.find((section) => section.id === id);
  if (found) return found;
  const ids = sections.map(({ id }) => id).join(", ");
  throw new ArgumentError("id", id, `one of ${ids}`);
}
