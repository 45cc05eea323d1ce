/** A canvas for drawing strokes. */
import type { RefObject } from "preact";
import type { Strokes } from "./use_strokes.ts";

/** The canvas and its handlers. */
export interface StrokeCanvasProps {
  /** The ref of the canvas. */
  readonly canvas: RefObject<HTMLCanvasElement>;
  readonly width: number;
  readonly height: number;
  /** Its label. */
  readonly label: string;
  readonly strokes: Strokes;
}

/** The canvas; Ctrl+Z undoes the last stroke. */
export function StrokeCanvas(
  { canvas, width, height, label, strokes: { strokes, handlers, undo } }: StrokeCanvasProps,
) {
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      tabIndex={0}
      aria-label={label}
      data-strokes={strokes.length}
      onKeyDown={(event) => {
        if (event.key === "z" && (event.ctrlKey || event.metaKey)) undo();
      }}
      {...handlers}
    />
  );
}
