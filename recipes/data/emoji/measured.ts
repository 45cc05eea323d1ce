/**
 * What the icons of the usual names measure: rendering them all to measure them takes seconds. `deno task data:measures` writes the
 * table.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { IconDrawing } from "../scene/scene.ts";
import { fromNumbers, type Measures, toNumbers } from "./measure.ts";
import table from "./measures.json" with { type: "json" };

const rows: Readonly<Record<string, readonly number[]>> = table;

/** What an icon measures, where the table has it. */
export function measured(icon: IconDrawing): Measures | undefined {
  const key = keyOf(icon);
  return Object.hasOwn(rows, key) ? fromNumbers(rows[key]) : undefined;
}

/** The table's rows for icons that were measured, in order. */
export function rowsOf(
  icons: readonly { readonly icon: IconDrawing; readonly measures: Measures }[],
): string[] {
  const rows = icons.map(({ icon, measures }) => `"${keyOf(icon)}": ${JSON.stringify(toNumbers(measures))}`);
  return [...new Set(rows)].sort();
}

/** An icon's key: a hash of what is drawn. Another version of an icon has none. */
function keyOf({ body, box }: IconDrawing): string {
  return createHash("sha256").update(JSON.stringify([body, box])).digest("hex").slice(0, 16);
}
