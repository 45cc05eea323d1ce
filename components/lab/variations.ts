/** Going on from one picture of a result: the same with other noise, or an edit of it. */
import type { Cell } from "../../report/section.ts";
import type { Json } from "../../report/mod.ts";
import type { Parameters } from "../../server/wire.ts";

/** Parameters whose items are rows of a figure, and those whose items are columns. */
const ROWS = ["prompts", "images", "edits", "pairs", "scenes", "samplers"];
const COLUMNS = ["stepCounts", "evaluations", "starts"];

/** Makes the parameters of one picture alone, with another seed each time; undefined for a section without one. */
export function variationOf(parameters: Parameters, { row, column }: Cell): (() => Parameters) | undefined {
  if (typeof parameters.seed !== "number") return undefined;
  const only = (value: Json, index: number): Json =>
    Array.isArray(value) && value[index] !== undefined ? [value[index]] : value;
  const chosen = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      ROWS.includes(name) ? only(value, row) : COLUMNS.includes(name) ? only(value, column) : value,
    ]),
  );
  return () => ({ ...chosen, seed: crypto.getRandomValues(new Uint16Array(1))[0] });
}

/** The address of the playground where a picture is edited, under the prompt that it was drawn by. */
export function editAddress(image: string, parameters: Parameters): string {
  const { prompt, prompts } = parameters;
  const text = prompt ?? (Array.isArray(prompts) ? prompts[0] : undefined);
  const edit = { images: [image], starts: [5, 10, 20], ...(typeof text === "string" && { prompt: text }) };
  return `/play?tool=image-to-image&p=${encodeURIComponent(JSON.stringify(edit))}`;
}
