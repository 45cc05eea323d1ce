/** Which parameters a picture of a sheet has of its own: those whose items are rows, and those whose items are columns. */
import type { Cell, Json } from "../../report/section.ts";
import type { Parameters } from "../../server/wire.ts";

/** Parameters whose items are rows of a figure, and those whose items are columns. */
const ROWS = ["prompts", "images", "edits", "pairs", "scenes", "samplers"];
const COLUMNS = ["stepCounts", "evaluations", "starts"];

/** A cell's place. */
type Place = Pick<Cell, "row" | "column">;

/**
 * Where on a sheet the first item of a list stands; undefined where the list has no place on it. A sheet may have one row more, of what the
 * others are compared with, at its top, and one column more, of the originals, at its end.
 */
function firstOf(name: string, { length }: readonly Json[], cells: readonly Place[]): number | undefined {
  const count = (of: keyof Place) => 1 + Math.max(...cells.map((cell) => cell[of]));
  if (ROWS.includes(name)) return [0, 1].find((more) => length + more === count("row"));
  return COLUMNS.includes(name) && [0, 1].some((more) => length + more === count("column")) ? 0 : undefined;
}

/**
 * The parameters by which one picture alone is made; of lists that it is no item of, all items.
 *
 * @param parameters Those of the result.
 * @param place Where the picture stands.
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
 * Where the first row and the middle column that are asked for stand on a result's sheet; nothing of what it does not have.
 *
 * @param asked The parameters that are asked for.
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
