/** Which picture is looked at first. */
import type { WireFigure } from "../../server/wire.ts";
import type { Focus } from "./moment.ts";
import { sightsOf } from "./sights.ts";

/** What is wished to be looked at: a figure by its name, a row and a column in it. */
export interface FocusWish {
  readonly figure?: string;
  readonly row?: number;
  readonly column?: number;
}

/**
 * The picture that says most of a result: of the sheet that is wished for, or else the one with the largest sampled pictures, the one in
 * the row and the column that are wished for, or else the middle one of its first row (of its last row, where nothing was sampled). Undefined where there are no sheets.
 */
export function firstFocus(
  figures: readonly { readonly figure: Pick<WireFigure, "name" | "cells"> }[],
  wish: FocusWish = {},
): Focus | undefined {
  const sheets = figures.flatMap(({ figure: { name, cells } }, figure) =>
    cells.length ? [{ figure, name, cells }] : []
  );
  const sampled = sheets.filter(({ cells }) => cells.some(({ origin }) => origin));
  const candidates = sampled.length ? sampled : sheets;
  if (candidates.length === 0) return undefined;
  const chosen = candidates.find(({ name }) => name === wish.figure);
  // What was not sampled comes of what stands before it: the last is the outcome.
  const better = (next: number, best: number) => sampled.length ? next > best : next >= best;
  const sheet = chosen ??
    candidates.reduce((best, next) => better(next.cells[0].width, best.cells[0].width) ? next : best);
  const { cells } = sheet;
  const usual = sampled.length ? 0 : Math.max(...cells.map(({ row }) => row));
  const row = cells.some((cell) => cell.row === wish.row) ? wish.row : usual;
  const wanted = cells.flatMap((cell, i) =>
    cell.row === row && (cell.origin || sampled.length === 0) ? [i] : []
  );
  const cell = wanted.find((i) => cells[i].column === wish.column) ??
    wanted[Math.floor((wanted.length - 1) / 2)] ??
    cells.findIndex(({ origin }) => origin);
  // As it was drawn, before it is turned.
  return { figure: sheet.figure, cell: sightsOf(sheet, cell)[0] };
}
