/** Which parameters a picture of a sheet has of its own: those whose items are rows, and those whose items are columns. */
import type { Cell, Json } from "../../report/section.ts";
import type { Parameters } from "../../server/wire.ts";

/** Parameters whose items are rows of a figure, and those whose items are columns. */
const ROWS = ["prompts", "images", "edits", "pairs", "scenes", "samplers"];
const COLUMNS = ["stepCounts", "evaluations", "starts"];

/** A cell's place. */
type Place = Pick<Cell, "row" | "column">;

/** The parameters by which one picture alone is made. */
export function parametersOf(parameters: Parameters, { row, column }: Place): Parameters {
  const only = (value: Json, index: number): Json =>
    Array.isArray(value) && value[index] !== undefined ? [value[index]] : value;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      ROWS.includes(name) ? only(value, row) : COLUMNS.includes(name) ? only(value, column) : value,
    ]),
  );
}

/**
 * Where the first row and the middle column that are asked for stand on a result's sheet; nothing of what it does not have.
 *
 * @param asked The parameters that are asked for.
 * @param shown Those of the result.
 * @param cells The sheet's.
 */
export function placeOf(asked: Parameters, shown: Parameters, cells: readonly Place[]): Partial<Place> {
  const find = (names: readonly string[], of: keyof Place, choose: (items: readonly Json[]) => Json) => {
    const count = 1 + Math.max(...cells.map((cell) => cell[of]));
    for (const name of names) {
      const [wanted, there] = [asked[name], shown[name]];
      // A sheet may have a column more, of the originals.
      if (!Array.isArray(there) || there.length > count || there.length < count - (of === "row" ? 0 : 1)) {
        continue;
      }
      if (!Array.isArray(wanted) || wanted.length === 0) continue;
      const item = JSON.stringify(choose(wanted));
      const index = there.findIndex((other) => JSON.stringify(other) === item);
      if (index >= 0) return { [of]: index };
    }
    return {};
  };
  return {
    ...find(ROWS, "row", ([first]) => first),
    ...find(COLUMNS, "column", (items) => items[Math.floor((items.length - 1) / 2)]),
  };
}
