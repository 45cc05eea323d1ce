/** The description of a remembered result. */
import type { Field, Json } from "../../report/mod.ts";
import type { Parameters } from "../../server/wire.ts";
import { isIdle } from "./main_fields.ts";
import { isSubject, settingText, subjectOf } from "./summary.ts";

/** The parts of a section's form that determine which parameters to mention. */
export interface FormBrief {
  readonly fields: readonly Pick<Field, "name" | "label">[];
  /** The form's initial values. */
  readonly start: Parameters;
}

/** A result's subject, and the parameters that differ from the section's initial values. */
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
  return { subject, changes: changed.map((field) => settingText(field, parameters[field.name])) };
}

/** A relative time such as "3 minutes ago", or the date if days old. */
export function relativeTime(when: number, now: number, locale?: string): string {
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
