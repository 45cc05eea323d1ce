/** Which picture is shown first. */
import type { WireFigure } from "../../server/wire.ts";
import type { Focus } from "./snapshot.ts";
import { viewsOf } from "./views.ts";

/** A requested picture: a figure by name, a row and a column. */
export interface FocusRequest {
  readonly figure?: string;
  readonly row?: number;
  readonly column?: number;
}

/**
 * The most telling picture of a result: in the requested sheet, or else the one with the largest sampled pictures, the one in
 * the requested row and column, or else the middle one of its first row (of its last row, if nothing was sampled). Undefined without sheets.
 */
export function firstFocus(
  figures: readonly { readonly figure: Pick<WireFigure, "name" | "cells"> }[],
  requested: FocusRequest = {},
): Focus | undefined {
  const sheets = figures.flatMap(({ figure: { name, cells } }, figure) =>
    cells.length ? [{ figure, name, cells }] : []
  );
  const sampled = sheets.filter(({ cells }) => cells.some(({ origin }) => origin));
  const candidates = sampled.length ? sampled : sheets;
  if (candidates.length === 0) return undefined;
  const chosen = candidates.find(({ name }) => name === requested.figure);
  // Figures that were not sampled follow from those before: the last is the result.
  const better = (next: number, best: number) => sampled.length ? next > best : next >= best;
  const sheet = chosen ??
    candidates.reduce((best, next) => better(next.cells[0].width, best.cells[0].width) ? next : best);
  const { cells } = sheet;
  const usual = sampled.length ? 0 : Math.max(...cells.map(({ row }) => row));
  const row = cells.some((cell) => cell.row === requested.row) ? requested.row : usual;
  const wanted = cells.flatMap((cell, i) =>
    cell.row === row && (cell.origin || sampled.length === 0) ? [i] : []
  );
  const cell = wanted.find((i) => cells[i].column === requested.column) ??
    wanted[Math.floor((wanted.length - 1) / 2)] ??
    cells.findIndex(({ origin }) => origin);
  // The view in which it was drawn.
  return { figure: sheet.figure, cell: viewsOf(sheet, cell)[0] };
}
