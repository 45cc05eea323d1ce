/** One picture in several ways to look at it: upright and turned over, near and from afar. */
import type { Cell } from "../../report/section.ts";
import type { WireFigure } from "../../server/wire.ts";

/** The numbers of the cells that show the picture of one of them: those of its row that the same sampling led to. */
export function sightsOf({ cells }: Pick<WireFigure, "cells">, index: number): number[] {
  const { row, origin } = cells[index];
  if (!origin) return [index];
  const wanted = JSON.stringify(origin);
  return cells.flatMap((cell, i) =>
    cell.row === row && cell.origin && JSON.stringify(cell.origin) === wanted ? [i] : []
  );
}

/** What a way to look at a picture is called. */
export function sightName({ columns }: Pick<WireFigure, "columns">, { label, column }: Cell): string {
  return label || (columns[column] ?? "");
}

/** Whether it is the look from a distance, which a smaller picture gives as well. */
export const isDistant = (name: string): boolean => name === "from afar";

/** Classes of views that a browser can do by itself, by the views' names. */
const turns: Readonly<Record<string, string>> = {
  flip: "flip",
  "rotate-90": "quarter",
  "rotate-180": "half",
  "rotate-270": "three-quarters",
  negate: "negative",
};

/** The class of a picture that is turned by a view; undefined for a view that takes another picture. */
export const turnOf = (name: string): string | undefined => turns[name];
