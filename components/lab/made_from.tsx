/** The parameters a picture was made from, in a line. */
import type { Cell, Json } from "../../report/section.ts";
import type { Parameters, WireFigure } from "../../server/wire.ts";
import { cellName } from "../figure.tsx";
import { ofFigure } from "./differences.ts";
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

/** Labels that are symbols and do not describe a picture. */
const SYMBOL = /^x̂?_[t0]$/;

/** A picture's heading: the label of its row, or what was sampled if that is a symbol, and the label of its column. */
export function titleOf(
  { rows, columns, cells }: WireFigure,
  { row, column, origin }: Cell,
): readonly [string, string] {
  // A picture alone in its row, where other rows have several, does not belong to a column.
  const inRow = (row: number) => cells.filter((cell) => cell.row === row).length;
  const isAlone = inRow(row) === 1 && rows.some((_, other) => inRow(other) > 1);
  const [first, second] = [rows[row] ?? "", isAlone ? "" : columns[column] ?? ""];
  if (!first) return [second, ""];
  return [SYMBOL.test(first) && origin ? origin.slots[0] : first, second];
}

/** A picture's name: the labels of its row and column, or what it was made from. */
export function pictureName(props: MadeProps & { readonly cell: Cell }): string {
  const { figure, cell } = props;
  const words = [...titleOf(figure, cell), cell.label].filter(Boolean);
  const name = cellName(figure, figure.cells.indexOf(cell));
  return words.length > 0
    ? words.join(", ")
    : [summaryOf(parametersIn(props)), name].filter(Boolean).join(", ");
}

/** The parameters that made it. */
function parametersIn({ session, result: { parameters }, figure, cell }: MadeProps): Parameters {
  const own = ofFigure(session.form.value?.answers, parameters, figure.name);
  if (!cell) return own;
  return byLabel(parametersOf(own, cell, figure.cells), figure.columns[cell.column] ?? "");
}

/** Column labels for lists that not all figures of a section show. */
const labels: Readonly<Record<string, (item: Json) => string>> = {
  timesteps: (t) => `t = ${t}`,
  scales: (scale) => `γ = ${scale}`,
  sigmas: (sigma) => `σ = ${sigma}`,
};

/** Parameters as a column's label says them: the one item of a list, the one seed of several. */
function byLabel(parameters: Parameters, label: string): Parameters {
  const seed = /^seed (\d+)$/.exec(label);
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      if (name === "seed" && seed) return [name, Number(seed[1])];
      const item = Array.isArray(value) && labels[name] &&
        value.find((one) => [label, label.split(",")[0]].includes(labels[name](one)));
      return [name, item === undefined || item === false ? value : [item]];
    }),
  );
}
