/** One picture of a result, large: its trajectory, its other views, and actions. */
import { useState } from "preact/hooks";
import { Typeset } from "../typeset.tsx";
import { DistanceSlider, Distant } from "./distance.tsx";
import { MadeFrom, pictureName, titleOf } from "./made_from.tsx";
import type { Focus } from "./snapshot.ts";
import { PartView } from "./part_view.tsx";
import { PictureActions } from "./picture_actions.tsx";
import { cellPart } from "./pictures.ts";
import type { Result } from "./result.ts";
import { Scrubber } from "./scrubber.tsx";
import type { Session } from "./session.ts";
import { isDistant, turnOf, viewName, viewsOf } from "./views.ts";
import { Turnable } from "./turnable.tsx";
import { trajectoryOf } from "./trajectory.ts";

/** The picture in focus. */
export function Viewer(
  { session, result, focus, onWhole }: {
    readonly session: Session;
    readonly result: Result;
    readonly focus: Focus;
    /** Goes back to the picture's row, if that was shown before. */
    readonly onWhole?: () => void;
  },
) {
  const [moved, setMoved] = useState<{ readonly place: number; readonly of: string }>();
  const [distance, setDistance] = useState(1);
  const shown = result.figures[focus.figure];
  const { figure } = shown;
  const cell = figure.cells[focus.cell];
  const views = viewsOf(figure, focus.cell);
  const [first] = views;
  const identity = `${shown.src} ${first}`;
  const places = trajectoryOf(cell.origin, result.snapshots, cellPart(shown, figure.cells[first]));
  const last = places.length - 1;
  const at = moved?.of === identity ? Math.min(moved.place, last) : last;
  const { reading, part } = places[at];
  const name = pictureName({ session, result, figure, cell });
  const alt = at === last ? name : `${name}, ${reading}`;
  const upright = part(session.side.value);
  // Within the trajectory there is one picture, which the browser turns if it can.
  const seen = at === last ? cellPart(shown, cell) : upright;
  const distant = views.some((i) => isDistant(viewName(figure, figure.cells[i])));
  const next = views[(views.indexOf(focus.cell) + 1) % views.length];
  const turnOver = () => session.focus.value = { figure: focus.figure, cell: next };
  const turns = views.some((i) => turnOf(viewName(figure, figure.cells[i])));
  const turnable = views.length > 1 && !distant;
  const picture = distant
    ? (
      <Distant distance={distance}>
        <PartView part={seen} alt={alt} />
      </Distant>
    )
    : turnable
    ? (
      <Turnable
        upright={upright}
        other={seen}
        turn={turnOf(viewName(figure, cell))}
        turned={focus.cell !== first}
        alt={alt}
        onTurn={turnOver}
      />
    )
    : <PartView part={seen} alt={alt} />;
  const tools = distant
    ? (
      <label class="walk">
        <span>Walk away from the picture</span>
        <DistanceSlider distance={distance} onMove={setDistance} />
      </label>
    )
    : turnable && (
      <button type="button" class="button small turn" aria-pressed={focus.cell !== first} onClick={turnOver}>
        {turns ? "Turn the picture" : `Show ${viewName(figure, figure.cells[next])}`}
      </button>
    );
  const [title, detail] = titleOf(figure, cell);
  return (
    <div class="viewer" data-place={at} data-last={last}>
      <div class="large">{picture}</div>
      <div class="viewer-side">
        {(title || detail || cell.label) && (
          <p class="viewer-title">
            {title && <Typeset text={title} />}
            {detail && (
              <small>
                <Typeset text={detail} />
              </small>
            )}
            {cell.label && <small>{cell.label}</small>}
          </p>
        )}
        <MadeFrom session={session} result={result} figure={figure} cell={cell} />
        {tools}
        {cell.origin && !(result.own && last === 0) && (
          <Scrubber
            last={last}
            at={at}
            reading={reading}
            ends="result"
            side={places.some(({ sided }) => sided) || last === 0 ? session.side : undefined}
            onMove={(place) => setMoved({ place, of: identity })}
          />
        )}
        <PictureActions
          session={session}
          result={result}
          cell={cell}
          cells={figure.cells}
          name={name}
          part={cellPart(shown, cell)}
          enlarged={
            <>
              {picture}
              {tools}
            </>
          }
        />
        {onWhole && <button type="button" class="link whole" onClick={onWhole}>Show the whole row</button>}
      </div>
    </div>
  );
}
