/** The main prompt of a form, carried from section to section. */
import type { Json } from "../../report/section.ts";
import type { Parameters } from "../../server/wire.ts";

/** The fields that may hold it, in order of preference. */
const PLACES = ["scaled", "prompt", "prompts"];

/** The first prompt of a form with one line of text; undefined where it has none. */
export function promptIn(values: Parameters): string | undefined {
  const value = values[placeIn(values) ?? ""];
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" ? first : undefined;
}

/** The values with another first prompt; the same where they have none. */
export function withPrompt(values: Parameters, prompt: string): Parameters {
  const place = placeIn(values);
  if (place === undefined) return values;
  const value: Json = values[place];
  return { ...values, [place]: Array.isArray(value) ? [prompt, ...value.slice(1)] : prompt };
}

const placeIn = (values: Parameters): string | undefined => PLACES.find((name) => values[name] !== undefined);
