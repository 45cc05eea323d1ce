/** Ways to look at the pictures of certain sections: turned over, from afar, before and after. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Cell } from "../../report/section.ts";
import type { Json } from "../../report/mod.ts";
import { DistanceSlider, Distant } from "./distance.tsx";
import type { ShownFigure } from "./snapshot.ts";
import { cellPart } from "./pictures.ts";
import { turnOf } from "./views.ts";
import { Turnable } from "./turnable.tsx";

/** The special view of a section's figure; nothing for most. */
export function Special(
  { section, shown, parameters }: {
    readonly section: string;
    readonly shown: ShownFigure;
    readonly parameters: Readonly<Record<string, Json>>;
  },
) {
  const rows = rowsOf(shown.figure.cells);
  if (rows.length === 0) return null;
  switch (section) {
    case "anagrams":
      return (
        <Row title="Click an image to flip it">
          {rows.map((cells, i) => (
            <figure key={i}>
              <Anagram
                shown={shown}
                cells={cells}
                view={String(parameters.view ?? "flip")}
                title={shown.figure.rows[i]}
              />
              <figcaption>{shown.figure.rows[i]}</figcaption>
            </figure>
          ))}
        </Row>
      );
    case "hybrids":
      return <Distance shown={shown} rows={rows} />;
    case "inpainting":
    case "image-to-image":
    case "drawings":
    case "text-image-to-image":
      return (
        <Row title="Before and after">
          {rows.map((cells, i) => (
            <BeforeAfter shown={shown} cells={cells} section={section} title={shown.figure.rows[i] ?? ""} />
          ))}
        </Row>
      );
    default:
      return null;
  }
}

function rowsOf(cells: readonly Cell[]): Cell[][] {
  const rows: Cell[][] = [];
  for (const cell of cells) (rows[cell.row] ??= []).push(cell);
  return rows.filter(Boolean);
}

function Row({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="special">
      <p class="special-title">{title}</p>
      <div class="special-row">{children}</div>
    </div>
  );
}

function Window({ shown: { figure, src }, cell }: { readonly shown: ShownFigure; readonly cell: Cell }) {
  return (
    <svg viewBox={`${cell.x} ${cell.y} ${cell.width} ${cell.height}`} aria-hidden="true">
      <image href={src || undefined} width={figure.width} height={figure.height} />
    </svg>
  );
}

/** A picture that shows something else when it is turned. */
function Anagram(
  { shown, cells, view, title }: {
    readonly shown: ShownFigure;
    readonly cells: readonly Cell[];
    readonly view: string;
    readonly title?: string;
  },
) {
  const [turned, setTurned] = useState(false);
  const [upright, other = upright] = cells;
  return (
    <Turnable
      upright={cellPart(shown, upright)}
      other={cellPart(shown, other)}
      turn={turnOf(view)}
      turned={turned}
      alt={title ?? "the image"}
      onTurn={() => setTurned(!turned)}
    />
  );
}

/** Hybrids that shrink as if the viewer stepped back. */
function Distance({ shown, rows }: { readonly shown: ShownFigure; readonly rows: readonly Cell[][] }) {
  const [distance, setDistance] = useState(1);
  return (
    <div class="special">
      <p class="special-title">Walk away from the picture</p>
      <div class="special-row distant">
        {rows.map(([near], i) => (
          <figure key={i}>
            <Distant distance={distance}>
              <Window shown={shown} cell={near} />
            </Distant>
            <figcaption>{shown.figure.rows[i]}</figcaption>
          </figure>
        ))}
      </div>
      <DistanceSlider distance={distance} onMove={setDistance} />
    </div>
  );
}

/** Two overlaid pictures with a movable edge between them. */
function BeforeAfter(
  { shown, cells, section, title }: {
    readonly shown: ShownFigure;
    readonly cells: readonly Cell[];
    readonly section: string;
    readonly title: string;
  },
) {
  const [edge, setEdge] = useState(50);
  if (cells.length < 2) return null;
  // With several results the original comes last; the one with the latest start is the closest to it.
  const [before, after] = section === "inpainting"
    ? [cells[0], cells.at(-1)!]
    : [cells.at(-1)!, cells[Math.floor((cells.length - 1) / 2)]];
  return (
    <div class="before-after">
      <Window shown={shown} cell={after} />
      <div class="before" style={`clip-path: inset(0 ${100 - edge}% 0 0)`}>
        <Window shown={shown} cell={before} />
      </div>
      <span class="edge" style={`left: ${edge}%`} />
      <input
        type="range"
        min={0}
        max={100}
        value={edge}
        aria-label={`${title}: how much of the original is shown`}
        onInput={({ currentTarget }) => setEdge(Number(currentTarget.value))}
      />
    </div>
  );
}
