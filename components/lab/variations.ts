/** Going on from one picture of a result: the same with other noise, or an edit of it. */
import type { Cell } from "../../report/section.ts";
import type { Parameters } from "../../server/wire.ts";
import { parametersOf } from "./cells.ts";

/** Makes the parameters of one picture of a sheet alone, with another seed each time; undefined for a section without one. */
export function variationOf(
  parameters: Parameters,
  cell: Cell,
  cells: readonly Cell[],
): (() => Parameters) | undefined {
  if (typeof parameters.seed !== "number") return undefined;
  const chosen = parametersOf(parameters, cell, cells);
  return () => ({ ...chosen, seed: crypto.getRandomValues(new Uint16Array(1))[0] });
}

/** The address of the playground where a picture is edited, under the prompt that it was drawn by. */
export function editAddress(image: string, parameters: Parameters): string {
  const { prompt, prompts } = parameters;
  const text = prompt ?? (Array.isArray(prompts) ? prompts[0] : undefined);
  const edit = { images: [image], starts: [5, 10, 20], ...(typeof text === "string" && { prompt: text }) };
  return `/play?tool=image-to-image&p=${encodeURIComponent(JSON.stringify(edit))}`;
}
