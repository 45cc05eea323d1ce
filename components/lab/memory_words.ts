/** What is said of a result that is remembered. */
import type { Field, Json } from "../../report/mod.ts";
import type { Parameters } from "../../server/wire.ts";
import { isIdle } from "./main_fields.ts";
import { isSubject, saidOf, subjectOf } from "./summary.ts";

/** What of a section's form says which parameters are worth a word. */
export interface FormBrief {
  readonly fields: readonly Pick<Field, "name" | "label">[];
  /** What its form begins with. */
  readonly start: Parameters;
}

/** What a result is of, and the parameters in which it differs from what its section begins with. */
export function wordsOf(
  parameters: Parameters,
  form: FormBrief | undefined,
): { readonly subject: string; readonly changes: readonly string[] } {
  const subject = subjectOf(parameters);
  if (!form) return { subject, changes: [] };
  const changed = form.fields.filter(({ name }) => {
    const value = parameters[name];
    return value !== undefined && !isSubject(name) && !isIdle({ name }, parameters) &&
      !same(value, form.start[name]);
  });
  return { subject, changes: changed.map((field) => saidOf(field, parameters[field.name])) };
}

/** When something was, as one says it: "3 minutes ago", and the date of what is days old. */
export function sayWhen(when: number, now: number, locale?: string): string {
  const seconds = Math.round((now - when) / 1000);
  const units = [["minute", 60], ["hour", 3600]] as const;
  if (seconds < 60) return "just now";
  for (const [unit, size] of units.toReversed()) {
    if (seconds < size) continue;
    if (seconds >= 24 * 3600) break;
    return new Intl.RelativeTimeFormat(locale ?? "en").format(-Math.floor(seconds / size), unit);
  }
  return new Date(when).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}

const same = (a: Json | undefined, b: Json | undefined) => JSON.stringify(a) === JSON.stringify(b);
