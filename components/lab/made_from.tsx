/** By which parameters a picture was drawn, in a line. */
import type { Cell } from "../../report/section.ts";
import type { Parameters, WireFigure } from "../../server/wire.ts";
import { cellName } from "../figure.tsx";
import { ofFigure } from "./asked.ts";
import { parametersOf } from "./cells.ts";
import type { Result } from "./result.ts";
import type { Session } from "./session.ts";
import { subjectOf, summaryOf } from "./summary.ts";

interface MadeProps {
  readonly session: Session;
  readonly result: Result;
  readonly figure: WireFigure;
  readonly cell?: Cell;
}

/** The line: of one picture, or of a whole figure. */
export function MadeFrom(props: MadeProps) {
  const parameters = parametersIn(props);
  const line = summaryOf(parameters);
  return line ? <p class="note made-from">Made {subjectOf(parameters) ? "from" : "with"} {line}.</p> : null;
}

/** What a picture is called: the labels of its row and column, or by what it was made. */
export function pictureName(props: MadeProps & { readonly cell: Cell }): string {
  const { figure, cell } = props;
  const name = cellName(figure, figure.cells.indexOf(cell));
  const labelled = [figure.rows[cell.row], figure.columns[cell.column], cell.label].some(Boolean);
  return labelled ? name : [summaryOf(parametersIn(props)), name].filter(Boolean).join(", ");
}

/** The parameters that made it. */
function parametersIn({ session, result: { parameters }, figure, cell }: MadeProps): Parameters {
  const own = ofFigure(session.form.value?.answers, parameters, figure.name);
  return cell ? parametersOf(own, cell) : own;
}
