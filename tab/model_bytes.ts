import type { Parameters, WireForm } from "../server/wire.ts";

/** The names of the models that a run takes, the second stage that belongs to a first one included; undefined if one cannot run in a tab. */
export function modelNames({ fields, tab }: WireForm, values: Parameters): string[] | undefined {
  if (!tab) return undefined;
  const named = fields.filter(({ control }) => control === "model").map(({ name }) => String(values[name]));
  const names = new Set(named.filter((name) => name !== "auto" && name !== "none"));
  if (named.includes("auto")) {
    for (const name of [...names]) {
      const second = name.replace(/-I$/, "-II");
      if (Object.hasOwn(tab.models, second)) names.add(second);
    }
  }
  return [...names].every((name) => Object.hasOwn(tab.models, name)) ? [...names] : undefined;
}

/** The size of these models in bytes; undefined if one cannot run in a tab. */
export function modelBytes(form: WireForm, values: Parameters): number | undefined {
  return modelNames(form, values)?.reduce((sum, name) => sum + form.tab!.models[name], 0);
}
