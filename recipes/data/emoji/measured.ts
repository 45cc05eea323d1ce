/**
 * What is measured of the icons of the usual names, whose packages have fixed versions: drawing them all to measure them takes seconds.
 * `deno task data:measures` writes the table.
 *
 * @module
 */
import table from "./measures.json" with { type: "json" };
import { fromNumbers, type Measures } from "./measure.ts";

const rows: Readonly<Record<string, readonly number[]>> = table;

/** What the table has of a picture, by its id. */
export function measured(id: string): Measures | undefined {
  return Object.hasOwn(rows, id) ? fromNumbers(rows[id]) : undefined;
}
