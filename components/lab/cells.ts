/** Which parameters belong to a single picture of a sheet: lists whose items are its rows or columns. */
import type { Cell, Json } from "../../report/section.ts";
import type { Parameters } from "../../server/wire.ts";

/** Parameters whose items are rows of a figure, and those whose items are columns. */
const ROWS = ["prompts", "images", "edits", "pairs", "scenes", "samplers"];
const COLUMNS = ["stepCounts", "evaluations", "starts"];

/** A cell's place. */
type Place = Pick<Cell, "row" | "column">;

/**
 * The row or column of a list's first item on a sheet; undefined if the list is not shown there. A sheet may have an extra row at the top
 * for comparison, and an extra column of originals at the end.
 */
function firstOf(name: string, { length }: readonly Json[], cells: readonly Place[]): number | undefined {
  const count = (of: keyof Place) => 1 + Math.max(...cells.map((cell) => cell[of]));
  if (ROWS.includes(name)) return [0, 1].find((more) => length + more === count("row"));
  return COLUMNS.includes(name) && [0, 1].some((more) => length + more === count("column")) ? 0 : undefined;
}

/**
 * The parameters that make a single picture; lists that it is not an item of are kept whole.
 *
 * @param parameters Those of the result.
 * @param place The picture's place.
 * @param cells The sheet's.
 */
export function parametersOf(parameters: Parameters, place: Place, cells: readonly Place[]): Parameters {
  const own = Object.entries(parameters).map(([name, value]): [string, Json] => {
    const first = Array.isArray(value) ? firstOf(name, value, cells) : undefined;
    if (first === undefined) return [name, value];
    const index = (ROWS.includes(name) ? place.row : place.column) - first;
    const items = value as readonly Json[];
    return [name, items[index] === undefined ? value : [items[index]]];
  });
  return Object.fromEntries(own);
}

/**
 * The place of the first requested row and the middle requested column on a result's sheet; undefined for what it does not have.
 *
 * @param asked The requested parameters.
 * @param shown Those of the result.
 * @param cells The sheet's.
 */
export function placeOf(asked: Parameters, shown: Parameters, cells: readonly Place[]): Partial<Place> {
  const find = (names: readonly string[], choose: (items: readonly Json[]) => Json): number | undefined => {
    for (const name of names) {
      const [wanted, there] = [asked[name], shown[name]];
      if (!Array.isArray(wanted) || wanted.length === 0 || !Array.isArray(there)) continue;
      const first = firstOf(name, there, cells);
      const item = JSON.stringify(choose(wanted));
      const index = there.findIndex((other) => JSON.stringify(other) === item);
      if (first !== undefined && index >= 0) return first + index;
    }
    return undefined;
  };
  return {
    row: find(ROWS, ([first]) => first),
    column: find(COLUMNS, (items) => items[Math.floor((items.length - 1) / 2)]),
  };
}
