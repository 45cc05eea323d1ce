/** By which parameters a picture was drawn, in a line. */
import type { Cell } from "../../report/section.ts";
import type { WireFigure } from "../../server/wire.ts";
import { ofFigure } from "./asked.ts";
import { parametersOf } from "./cells.ts";
import type { Result } from "./result.ts";
import type { Session } from "./session.ts";
import { summaryOf } from "./summary.ts";

/** The line: of one picture, or of a whole figure. */
export function DrawnFrom({ session, result: { parameters }, figure, cell }: {
  readonly session: Session;
  readonly result: Result;
  readonly figure: WireFigure;
  readonly cell?: Cell;
}) {
  const own = ofFigure(session.form.value?.answers, parameters, figure.name);
  const line = summaryOf(cell ? parametersOf(own, cell) : own);
  return line ? <p class="note drawn-from">Drawn from {line}.</p> : null;
}
