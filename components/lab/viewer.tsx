/** One picture of a result, large: the way to it, and what can be done with it. */
import { useState } from "preact/hooks";
import { cellName } from "../figure.tsx";
import { Typeset } from "../typeset.tsx";
import { PartView } from "./part_view.tsx";
import { PictureActions } from "./picture_actions.tsx";
import { cellPart, type Part, stripPart } from "./pictures.ts";
import type { Result } from "./result.ts";
import { readingOf, Scrubber } from "./scrubber.tsx";
import { type Focus, isTwoSided, type Moments, type Side } from "./moment.ts";
import type { Session } from "./session.ts";
import type { Origin } from "../../report/section.ts";

/** A place on the way to a picture. */
interface Place {
  readonly reading: string;
  readonly part: (side: Side) => Part;
  /** Whether there is a noisy picture beside the estimate. */
  readonly sided: boolean;
}

/** The picture in focus. */
export function Viewer(
  { session, result, focus }: {
    readonly session: Session;
    readonly result: Result;
    readonly focus: Focus;
  },
) {
  const [moved, setMoved] = useState<{ readonly place: number; readonly of: string }>();
  const shown = result.figures[focus.figure];
  const cell = shown.figure.cells[focus.cell];
  const identity = `${shown.src} ${focus.cell}`;
  const whole = cellPart(shown, cell);
  const places: Place[] = [
    ...wayTo(cell.origin, result.moments),
    { reading: "the result", part: () => whole, sided: false },
  ];
  const last = places.length - 1;
  const at = moved?.of === identity ? Math.min(moved.place, last) : last;
  const { reading, part } = places[at];
  const { rows, columns } = shown.figure;
  const name = cellName(shown.figure, focus.cell);
  const [title, detail] = rows[cell.row]
    ? [rows[cell.row], columns[cell.column]]
    : [columns[cell.column] ?? "", ""];
  return (
    <div class="viewer" data-place={at} data-last={last}>
      <div class="large">
        <PartView part={part(session.side.value)} alt={at === last ? name : `${name}, ${reading}`} />
      </div>
      <div class="viewer-side">
        <p class="viewer-title">
          <Typeset text={title || `${name[0].toUpperCase()}${name.slice(1)}`} />
          {detail && (
            <small>
              <Typeset text={detail} />
            </small>
          )}
          {cell.label && <small>{cell.label}</small>}
        </p>
        {cell.origin && (
          <Scrubber
            last={last}
            at={at}
            reading={reading}
            side={places.some(({ sided }) => sided) || last === 0 ? session.side : undefined}
            onMove={(place) => setMoved({ place, of: identity })}
          />
        )}
        <PictureActions session={session} result={result} cell={cell} name={name} part={whole} />
      </div>
    </div>
  );
}

/** The places on the way to a picture, but for the picture itself. */
function wayTo(origin: Origin | undefined, moments: Moments): Place[] {
  if (!origin) return [];
  const { slots, index } = origin;
  return slots.flatMap((slot, i) => {
    const all = moments.get(slot) ?? [];
    // The last moment of the last sampling is the picture.
    const on = i === slots.length - 1 ? all.filter(({ step, steps }) => step < steps) : all;
    return on.map((moment): Place => ({
      reading: slots.length > 1 && i > 0 ? `enlarging, ${readingOf(moment)}` : readingOf(moment),
      sided: isTwoSided(moment),
      part: (side) => stripPart(moment[side], moment.count, Math.min(index, moment.count - 1)),
    }));
  });
}
