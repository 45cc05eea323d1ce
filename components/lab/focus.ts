/** Which picture is looked at first. */
import type { WireFigure } from "../../server/wire.ts";
import type { Focus } from "./moment.ts";

/** What is wished to be looked at: a figure by its name, a row and a column in it. */
export interface FocusWish {
  readonly figure?: string;
  readonly row?: number;
  readonly column?: number;
}

/**
 * The picture that says most of a result: of the sheet that is wished for, or else the one with the largest sampled pictures, the one in
 * the row and the column that are wished for, or else the middle one of its first row. Undefined where there are no sheets.
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
  const sheet = candidates.find(({ name }) => name === wish.figure) ??
    candidates.reduce((best, next) => next.cells[0].width > best.cells[0].width ? next : best);
  const { cells } = sheet;
  const row = cells.some((cell) => cell.row === wish.row) ? wish.row : 0;
  const wanted = cells.flatMap((cell, i) =>
    cell.row === row && (cell.origin || sampled.length === 0) ? [i] : []
  );
  const cell = wanted.find((i) => cells[i].column === wish.column) ??
    wanted[Math.floor((wanted.length - 1) / 2)] ??
    cells.findIndex(({ origin }) => origin);
  return { figure: sheet.figure, cell };
}
