/** Continuing from one picture of a result: a variation with other noise, or an edit. */
import type { Cell } from "../../report/section.ts";
import type { Parameters } from "../../server/wire.ts";
import { parametersOf } from "./cells.ts";

/** The parameters of a single picture of a sheet, with another seed each time; undefined for a section without a seed. */
export function variationOf(
  parameters: Parameters,
  cell: Cell,
  cells: readonly Cell[],
): (() => Parameters) | undefined {
  if (typeof parameters.seed !== "number") return undefined;
  const chosen = parametersOf(parameters, cell, cells);
  return () => ({ ...chosen, seed: crypto.getRandomValues(new Uint16Array(1))[0] });
}

/** The playground's address for editing a picture, with its prompt. */
export function editAddress(image: string, parameters: Parameters): string {
  const { prompt, prompts } = parameters;
  const text = prompt ?? (Array.isArray(prompts) ? prompts[0] : undefined);
  const edit = { images: [image], starts: [5, 10, 20], ...(typeof text === "string" && { prompt: text }) };
  return `/play?tool=image-to-image&p=${encodeURIComponent(JSON.stringify(edit))}`;
}
