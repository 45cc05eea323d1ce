/** What a stage shows: the visitor's figures, or the report's. */
import type { Committed } from "../../server/committed.ts";
import type { Parameters } from "../../server/wire.ts";
import type { Focus, Moments, ShownFigure } from "./moment.ts";
import type { Session } from "./session.ts";

/** Figures with what led to them. */
export interface Result {
  /** Whether a visitor has made it. */
  readonly own: boolean;
  readonly figures: readonly ShownFigure[];
  readonly moments: Moments;
  /** The parameters by which it was made. */
  readonly parameters: Parameters;
}

/** The visitor's figures where there are some, else the report's; undefined without either. */
export function resultOf(session: Session, committed: Committed | undefined): Result | undefined {
  const figures = session.figures.value;
  if (figures.length > 0) {
    const parameters = session.shown.value ?? {};
    return { own: true, figures, moments: session.moments.value, parameters };
  }
  if (!committed?.figures.length) return undefined;
  return {
    own: false,
    figures: committed.figures.map((figure) => ({
      figure,
      src: `/report/${session.section}/${figure.file}`,
    })),
    moments: session.reportMoments.value,
    parameters: committed.parameters,
  };
}

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
