/** Which fields of a form everybody needs; the others are for those who look for them. */
import type { Field } from "../../report/mod.ts";

/** A form in its parts, in the order in which they stand. */
export interface FormParts {
  /** What a picture is asked for by, above the button. */
  readonly prompts: readonly Field[];
  /** Pictures to begin with, and how long is trained: below the button. */
  readonly inputs: readonly Field[];
  /** The rest. */
  readonly advanced: readonly Field[];
}

/** Divides a form. */
export function partsOf(fields: readonly Field[]): FormParts {
  const prompts = fields.filter((field) => has(field, ["prompt"]));
  const inputs = fields.filter((field) =>
    !prompts.includes(field) && (has(field, ["image", "mask"]) || field.name === "trainSteps")
  );
  const main = [...prompts, ...inputs];
  return { prompts, inputs, advanced: fields.filter((field) => !main.includes(field)) };
}

/** Whether a field, or one in it, is filled in by one of some controls. */
function has({ control, item, fields = [] }: Field, controls: readonly string[]): boolean {
  if (control && controls.includes(control)) return true;
  return [...(item ? [item] : []), ...fields].some((inner) => has(inner, controls));
}
