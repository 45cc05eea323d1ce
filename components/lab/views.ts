/** The views of one picture: upright and turned over, near and from afar. */
import type { Cell } from "../../report/section.ts";
import type { WireFigure } from "../../server/wire.ts";

/** The indices of the cells that show the same picture as a given one: those of its row with the same origin. */
export function viewsOf({ cells }: Pick<WireFigure, "cells">, index: number): number[] {
  const { row, origin } = cells[index];
  if (!origin) return [index];
  const wanted = JSON.stringify(origin);
  return cells.flatMap((cell, i) =>
    cell.row === row && cell.origin && JSON.stringify(cell.origin) === wanted ? [i] : []
  );
}

/** The name of a view. */
export function viewName({ columns }: Pick<WireFigure, "columns">, { label, column }: Cell): string {
  return label || (columns[column] ?? "");
}

/** Whether it is the view from a distance, which shrinking the picture simulates. */
export const isDistant = (name: string): boolean => name === "from afar";

/** CSS classes of views that a browser can apply by itself, by the views' names. */
const turns: Readonly<Record<string, string>> = {
  flip: "flip",
  "rotate-90": "quarter",
  "rotate-180": "half",
  "rotate-270": "three-quarters",
  negate: "negative",
};

/** The CSS class of a view; undefined for views that need another picture. */
export const turnOf = (name: string): string | undefined => turns[name];
