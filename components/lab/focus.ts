/** Which picture is looked at first. */
import type { Focus, ShownFigure } from "./moment.ts";

/**
 * The picture that says most of a result: of the sheet with the largest sampled pictures, the middle one of its first row. Undefined
 * where there are no sheets.
 */
export function firstFocus(figures: readonly ShownFigure[]): Focus | undefined {
  const sheets = figures.flatMap(({ figure: { cells } }, figure) => cells.length ? [{ figure, cells }] : []);
  const sampled = sheets.filter(({ cells }) => cells.some(({ origin }) => origin));
  const candidates = sampled.length ? sampled : sheets;
  if (candidates.length === 0) return undefined;
  const sheet = candidates.reduce((best, next) => next.cells[0].width > best.cells[0].width ? next : best);
  const wanted = sheet.cells.flatMap(({ row, origin }, cell) =>
    row === 0 && (origin || sampled.length === 0) ? [cell] : []
  );
  const cell = wanted[Math.floor((wanted.length - 1) / 2)] ?? sheet.cells.findIndex(({ origin }) => origin);
  return { figure: sheet.figure, cell };
}
