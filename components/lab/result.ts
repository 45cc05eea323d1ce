/** What the stage shows: the visitor's figures, or the report's. */
import type { Committed } from "../../server/committed.ts";
import type { Parameters } from "../../server/wire.ts";
import { type Difference, differencesOf, requestedFigure } from "./differences.ts";
import { placeOf } from "./cells.ts";
import { firstFocus } from "./focus.ts";
import type { Focus, ShownFigure, Snapshots } from "./snapshot.ts";
import type { Session } from "./session.ts";
import { siteAddress } from "../site.ts";

/** Figures with the snapshots that led to them. */
export interface Result {
  /** Whether a visitor has made it. */
  readonly own: boolean;
  readonly figures: readonly ShownFigure[];
  readonly snapshots: Snapshots;
  /** The parameters by which it was made. */
  readonly parameters: Parameters;
}

/** The visitor's figures where there are some, else the report's; undefined without either. */
export function resultOf(session: Session, committed: Committed | undefined): Result | undefined {
  const figures = session.figures.value;
  if (figures.length > 0) {
    const parameters = session.shown.value ?? {};
    return { own: true, figures, snapshots: session.snapshots.value, parameters };
  }
  if (!committed?.figures.length) return undefined;
  return {
    own: false,
    figures: committed.figures.map((figure) => ({
      figure,
      src: siteAddress(`/report/${session.section}/${figure.file}`),
    })),
    snapshots: session.reportSnapshots.value,
    parameters: committed.parameters,
  };
}

/** The picture of a result that shows what was requested: by the run for own results, by the current form for the report's. */
export function answerIn(session: Session, { own, figures, parameters }: Result): Focus | undefined {
  const form = session.form.value;
  const asked = own ? parameters : session.values.value;
  const figure = form && requestedFigure(form, asked);
  const first = firstFocus(figures, { figure });
  if (!first || own) return first;
  const { cells } = figures[first.figure].figure;
  return firstFocus(figures, { figure, ...placeOf(asked, parameters, cells) });
}

/** The current parameters of the form that a figure of a result does not show. */
export function missingIn(session: Session, { parameters }: Result, figure: string): Difference[] {
  const form = session.form.value;
  return form ? differencesOf(form, session.values.value, parameters, figure) : [];
}
