/** A figure: a sheet of pictures in rows and columns, a diagram, or an animation. Rendered on the server and in islands. */
import type { ComponentChildren } from "preact";
import type { WireFigure } from "../server/wire.ts";

/** What a {@linkcode FigureView} shows. */
interface FigureProps {
  readonly figure: WireFigure;
  /** The address of its file. */
  readonly src: string;
  /** What stands under the caption. */
  readonly children?: ComponentChildren;
}

/** A figure with its labels and its caption. */
export function FigureView({ figure, src, children }: FigureProps) {
  const { alt, caption, cells } = figure;
  return (
    <figure class="figure">
      {cells.length > 0 ? <Sheet figure={figure} src={src} /> : <Whole figure={figure} src={src} />}
      <figcaption>
        <span dangerouslySetInnerHTML={{ __html: caption }} />
        {children}
      </figcaption>
      {cells.length > 0 && <span class="visually-hidden">{alt}</span>}
    </figure>
  );
}

function Whole({ figure: { alt, type, width, height }, src }: FigureProps) {
  const moving = type === "image/gif";
  return (
    <div class={`plate ${moving ? "moving" : ""} ${type === "image/svg+xml" ? "diagram" : ""}`}>
      <img
        src={src}
        alt={alt}
        width={width}
        height={height}
        loading="lazy"
        decoding="async"
        class={width < 400 && type !== "image/svg+xml" ? "small" : ""}
        data-fresh-disable-lock
      />
      {moving && <a class="still" href={src}>Play the animation</a>}
    </div>
  );
}

/** Pictures of one sheet in a table of their own: each is a window on the sheet. */
function Sheet({ figure: { rows, columns, cells, width, height }, src }: FigureProps) {
  const across = Math.max(columns.length, ...cells.map(({ column }) => column + 1));
  const down = Math.max(rows.length, ...cells.map(({ row }) => row + 1));
  const labelled = rows.some(Boolean);
  const at = new Map(cells.map((cell) => [`${cell.row} ${cell.column}`, cell]));
  const widest = Math.max(...cells.map((cell) => cell.width));
  return (
    <div class="plate" aria-hidden="true">
      <div
        class={`sheet ${labelled ? "labelled" : ""} ${across > 6 ? "dense" : ""}`}
        style={`--columns: ${across}; --picture: ${
          Math.max(72, Math.min(across > 3 ? 160 : 224, widest * 5))
        }px`}
      >
        {columns.some(Boolean) && (
          <>
            {labelled && <span />}
            {Array.from(
              { length: across },
              (_, column) => <span key={column} class="column-label">{columns[column]}</span>,
            )}
          </>
        )}
        {Array.from({ length: down }, (_, row) => (
          <>
            {labelled && <span class="row-label">{rows[row]}</span>}
            {Array.from({ length: across }, (_, column) => {
              const cell = at.get(`${row} ${column}`);
              if (!cell) return <span key={column} />;
              return (
                <span key={column} class="cell">
                  <svg viewBox={`${cell.x} ${cell.y} ${cell.width} ${cell.height}`}>
                    <image href={src} width={width} height={height} />
                  </svg>
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
