/** Differences between a form's parameters and those of a result. */
import type { Field, Json } from "../../report/mod.ts";
import type { Form } from "../../server/form.ts";
import type { Parameters } from "../../server/wire.ts";
import { isIdle } from "./main_fields.ts";

/** A parameter with another value in the form than in a result. */
export interface Difference {
  readonly field: Field;
  readonly asked: Json;
  /** Whether this is the form's initial value, which nobody has changed. */
  readonly untouched: boolean;
}

/** Lists whose items are drawn independently: a result with more items also shows the requested ones. */
const ONE_BY_ONE = new Set([
  ...["prompts", "images", "edits", "pairs", "scenes", "samplers", "views"],
  ...["stepCounts", "evaluations", "starts", "scales"],
]);

/** Counts whose results are prefixes of each other: the first images are the same, however many follow. */
const PREFIXES = new Set(["count", "several"]);

/**
 * The parameters of a form that a result does not show.
 *
 * @param form The form; of parameters that belong to single figures, only the given figure's count.
 * @param asked Its values.
 * @param shown The parameters of the result.
 * @param figure The figure being viewed.
 */
export function differencesOf(
  { fields, start, answers }: Pick<Form, "fields" | "start" | "answers">,
  asked: Parameters,
  shown: Parameters,
  figure?: string,
): Difference[] {
  const here = figure === undefined ? asked : ofFigure(answers, asked, figure);
  return fields.flatMap((field): Difference[] => {
    const { name } = field;
    if (isIdle(field, asked)) return [];
    const [value, there] = [here[name], shown[name]];
    if (value === undefined || there === undefined || covers(name, there, value)) return [];
    return [{ field, asked: value, untouched: same(value, start[name]) }];
  });
}

/** The parameters that a figure depends on: without those that only other figures of its section use. */
export function ofFigure(answers: Form["answers"], parameters: Parameters, figure: string): Parameters {
  const own = answers?.[figure] ?? [];
  const others = Object.values(answers ?? {}).flat().filter((name) => !own.includes(name));
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !others.includes(name)));
}

/** The figure for the parameters changed in a form, else the section's first figure with its own parameters; undefined if no figure has its own. */
export function requestedFigure(
  { start, answers }: Pick<Form, "start" | "answers">,
  asked: Parameters,
): string | undefined {
  const all = Object.entries(answers ?? {});
  const changed = ([, names]: readonly [string, readonly string[]]) =>
    names.some((name) => !same(asked[name], start[name]));
  return (all.find(changed) ?? all[0])?.[0];
}

/** Whether a result with one value also shows another, requested one. */
function covers(name: string, shown: Json, asked: Json): boolean {
  if (same(shown, asked)) return true;
  if (typeof shown === "number" && typeof asked === "number") return PREFIXES.has(name) && asked <= shown;
  if (!Array.isArray(shown) || !Array.isArray(asked)) return false;
  if (PREFIXES.has(name)) return asked.every((item, i) => same(item, shown[i]));
  return ONE_BY_ONE.has(name) && asked.every((item) => shown.some((other) => same(other, item)));
}

const same = (a: Json | undefined, b: Json | undefined) => JSON.stringify(a) === JSON.stringify(b);
