import type { Parameters, WireForm } from "../server/wire.ts";

/** The bytes of the models that a run takes, the second stage that belongs to a first one included; undefined where one is not for tabs. */
export function modelBytes({ fields, tab }: WireForm, values: Parameters): number | undefined {
  if (!tab) return undefined;
  const named = fields.filter(({ control }) => control === "model").map(({ name }) => String(values[name]));
  const names = new Set(named.filter((name) => name !== "auto" && name !== "none"));
  if (named.includes("auto")) {
    for (const name of [...names]) {
      const second = name.replace(/-I$/, "-II");
      if (second in tab.models) names.add(second);
    }
  }
  let bytes = 0;
  for (const name of names) {
    if (!Object.hasOwn(tab.models, name)) return undefined;
    bytes += tab.models[name];
  }
  return bytes;
}
