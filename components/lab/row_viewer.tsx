/** A row of pictures that belong together, large: how a prompt looks at several scales, or between two seeds. */
import { useState } from "preact/hooks";
import { cellName } from "../figure.tsx";
import { Typeset } from "../typeset.tsx";
import { MadeFrom } from "./made_from.tsx";
import type { ShownFigure } from "./snapshot.ts";
import { PartView } from "./part_view.tsx";
import { cellPart } from "./pictures.ts";
import type { Result } from "./result.ts";
import { Scrubber } from "./scrubber.tsx";
import type { Session } from "./session.ts";
import { viewsOf } from "./views.ts";
import { trajectoryOf } from "./trajectory.ts";

/** Whether a figure is such a row: all of it one answer, each picture sampled by itself. */
export function isRow({ figure }: ShownFigure, session: Session): boolean {
  const { cells, name } = figure;
  return cells.length > 1 && session.form.value?.answers?.[name] !== undefined &&
    cells.every(({ row, origin }, i) => row === 0 && origin && viewsOf(figure, i).length === 1);
}

/** The row, all of which goes through its steps at once. */
export function RowViewer({ session, result, shown, onChoose }: {
  readonly session: Session;
  readonly result: Result;
  readonly shown: ShownFigure;
  /** Called with the picture to show alone. */
  readonly onChoose: (cell: number) => void;
}) {
  const [moved, setMoved] = useState<{ readonly place: number; readonly of: string }>();
  const { figure, src } = shown;
  const ways = figure.cells.map((cell) => trajectoryOf(cell.origin, result.snapshots, cellPart(shown, cell)));
  const last = Math.min(...ways.map(({ length }) => length)) - 1;
  const at = moved?.of === src ? Math.min(moved.place, last) : last;
  const places = ways.map((way) => at === last ? way[way.length - 1] : way[at]);
  const { reading } = places[0];
  return (
    <div class="viewer broad whole-row" data-place={at} data-last={last}>
      <div class="large several" style={`--across: ${figure.cells.length}`}>
        {places.map(({ part }, i) => (
          <button
            key={i}
            type="button"
            class="one-of-row"
            aria-label={`${cellName(figure, i)}, ${reading}: show it alone`}
            onClick={() => onChoose(i)}
          >
            <PartView part={part(session.side.value)} />
            <span>
              <Typeset text={figure.columns[i] ?? ""} />
            </span>
          </button>
        ))}
      </div>
      <div class="viewer-side">
        <MadeFrom session={session} result={result} figure={figure} />
        <Scrubber
          last={last}
          at={at}
          reading={reading}
          ends="result"
          side={ways.flat().some(({ sided }) => sided) || last === 0 ? session.side : undefined}
          onMove={(place) => setMoved({ place, of: src })}
        />
      </div>
    </div>
  );
}
