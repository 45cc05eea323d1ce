/** A figure: a sheet of pictures in rows and columns, a diagram, or an animation. Rendered on the server and in islands. */
import type { ComponentChildren } from "preact";
import type { WireFigure } from "../server/wire.ts";
import { Typeset } from "./typeset.tsx";

/** Choosing one of the pictures of a sheet. */
export interface Choice {
  /** The number of the cell that is chosen; -1 for none. */
  readonly chosen: number;
  /** Called with the chosen cell. */
  readonly choose: (cell: number) => void;
  /** Called when the chosen cell is activated, not just passed with the arrow keys. */
  readonly look?: () => void;
}

/** What a {@linkcode FigureView} shows. */
interface FigureProps {
  readonly figure: WireFigure;
  /** The address of its file. */
  readonly src: string;
  /** Makes its pictures buttons. */
  readonly choice?: Choice;
  /** Content below the caption. */
  readonly children?: ComponentChildren;
}

/** A figure with its labels and its caption. */
export function FigureView({ figure, src, choice, children }: FigureProps) {
  const { alt, caption, cells } = figure;
  return (
    <figure class={`figure ${cells.length === 1 ? "lone" : ""}`}>
      {cells.length > 0
        ? <Sheet figure={figure} src={src} choice={choice} />
        : <Whole figure={figure} src={src} />}
      <figcaption>
        <span dangerouslySetInnerHTML={{ __html: caption }} />
        {children}
      </figcaption>
      {cells.length > 0 && <span class="visually-hidden">{alt}</span>}
    </figure>
  );
}

/** The width, in pixels, from which a diagram takes all available space. */
const BROAD = 600;

/** The minimum scale of a diagram before it scrolls, to keep its text legible. */
const LEAST = 0.72;

function Whole({ figure: { alt, type, width, height }, src }: FigureProps) {
  const moving = type === "image/gif";
  const drawn = type === "image/svg+xml";
  const broad = drawn && width >= BROAD;
  return (
    <div
      class={`plate ${moving ? "moving" : ""} ${drawn ? broad ? "diagram" : "chart" : ""}`}
      {...(broad && { role: "group", "aria-label": "Diagram", tabIndex: 0 })}
    >
      <img
        src={src}
        alt={alt}
        width={width}
        height={height}
        loading="lazy"
        decoding="async"
        class={drawn ? "" : width < 400 ? "small" : "pixels"}
        style={broad ? `min-width: min(${Math.round(LEAST * width)}px, var(--broad) - 2px)` : undefined}
        data-fresh-disable-lock
      />
      {moving && <a class="still" href={src}>Play the animation</a>}
    </div>
  );
}

/** The pictures of a sheet as a table: each is a window onto the sheet. */
function Sheet({ figure, src, choice }: FigureProps) {
  const { rows, columns, cells, width, height } = figure;
  const across = Math.max(columns.length, ...cells.map(({ column }) => column + 1));
  const down = Math.max(rows.length, ...cells.map(({ row }) => row + 1));
  const labelled = rows.some(Boolean);
  const at = new Map(cells.map((cell, i) => [`${cell.row} ${cell.column}`, i]));
  const widest = Math.max(...cells.map((cell) => cell.width));
  return (
    <div class="plate" {...(choice ? {} : { "aria-hidden": "true" })}>
      <div
        class={`sheet ${labelled ? "labelled" : ""} ${across > 6 ? "dense" : ""}`}
        style={`--columns: ${across}; --picture: ${
          Math.max(72, Math.min(across > 3 ? 160 : 224, widest * 5))
        }px`}
        {...(choice && {
          role: "group",
          "aria-label": "Pictures",
          onKeyDown: (event: KeyboardEvent) => moveChoice(event, choice, cells.length, across),
        })}
      >
        {columns.some(Boolean) && (
          <>
            {labelled && <span />}
            {Array.from(
              { length: across },
              (_, column) => (
                <span key={column} class="column-label">
                  <Typeset text={columns[column] ?? ""} />
                </span>
              ),
            )}
          </>
        )}
        {Array.from({ length: down }, (_, row) => (
          <>
            {labelled && (
              <span class="row-label">
                <Typeset text={rows[row] ?? ""} />
              </span>
            )}
            {Array.from({ length: across }, (_, column) => {
              const index = at.get(`${row} ${column}`);
              if (index === undefined) return <span key={column} />;
              const cell = cells[index];
              const picture = (
                <svg viewBox={`${cell.x} ${cell.y} ${cell.width} ${cell.height}`} aria-hidden="true">
                  <image href={src} width={width} height={height} />
                </svg>
              );
              return (
                <span key={column} class="cell">
                  {choice
                    ? (
                      <button
                        type="button"
                        class="choose"
                        aria-pressed={index === choice.chosen}
                        aria-label={cellName(figure, index)}
                        tabIndex={index === Math.max(0, choice.chosen) ? 0 : -1}
                        onClick={() => {
                          choice.choose(index);
                          choice.look?.();
                        }}
                      >
                        {picture}
                      </button>
                    )
                    : picture}
                  {cell.label && <small>{cell.label}</small>}
                </span>
              );
            })}
          </>
        ))}
      </div>
    </div>
  );
}

/** The name of a picture of a sheet: the labels of its row and its column. */
export function cellName(
  { rows, columns, cells }: WireFigure,
  index: number,
): string {
  const { row, column, label } = cells[index];
  const words = [rows[row], columns[column], label].filter(Boolean);
  return words.length ? words.join(", ") : `picture ${index + 1}`;
}

/** Arrow keys go from picture to picture: the sheet is a single tab stop. */
function moveChoice(event: KeyboardEvent, { chosen, choose }: Choice, count: number, across: number): void {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -across,
    ArrowDown: across,
  };
  const next = Math.max(0, chosen) + (steps[event.key] ?? 0);
  if (!(event.key in steps) || next < 0 || next >= count) return;
  event.preventDefault();
  choose(next);
  const sheet = event.currentTarget as HTMLElement;
  sheet.querySelectorAll<HTMLElement>(".choose")[next]?.focus();
}
