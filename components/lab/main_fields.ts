/** Which fields of a form are always shown, and which are under advanced settings. */
import type { Field, Json } from "../../report/mod.ts";
import type { Parameters } from "../../server/wire.ts";

/** A form in its parts, in order. */
export interface FormParts {
  /** The main inputs, above the button. */
  readonly prompts: readonly Field[];
  /** Input pictures, and what to train for how long: below the button. */
  readonly inputs: readonly Field[];
  /** The rest. */
  readonly advanced: readonly Field[];
}

/** The main settings of a training. */
const training = ["from", "trainSteps", "data"];

/** Settings of a training, irrelevant without one. */
const course = ["trainSteps", "data", "width", "batch", "learningRate", "optimizer", "drawings"];

/** Whether a field has no effect with the form's current values. */
export function isIdle({ name }: Pick<Field, "name">, { from }: Parameters): boolean {
  return from === "none" && course.includes(name);
}

/** The maximum number of text fields above the button. */
const PROMPTS = 2;

/** Divides a form by its initial values, so that fields do not move while they are filled in. */
export function partsOf(fields: readonly Field[], start: Parameters): FormParts {
  const prompts: Field[] = [];
  const inputs: Field[] = [];
  let lines = 0;
  for (const field of fields) {
    if (has(field, ["image", "mask"]) || training.includes(field.name)) inputs.push(field);
    else if (has(field, ["prompt"])) {
      const more = linesOf(start[field.name]);
      if (lines > 0 && lines + more > PROMPTS) continue;
      prompts.push(field);
      lines += more;
    }
  }
  const main = [...prompts, ...inputs];
  return { prompts, inputs, advanced: fields.filter((field) => !main.includes(field)) };
}

/** Whether a field, or one in it, is filled in by one of some controls. */
function has({ control, item, fields = [] }: Field, controls: readonly string[]): boolean {
  if (control && controls.includes(control)) return true;
  return [...(item ? [item] : []), ...fields].some((inner) => has(inner, controls));
}

/** The texts in a value. */
function linesOf(value: Json | undefined): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((sum, item) => sum + linesOf(item as Json), 0);
}
