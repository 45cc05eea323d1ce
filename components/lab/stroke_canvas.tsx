/** A canvas that strokes are drawn on. */
import type { RefObject } from "preact";
import type { Strokes } from "./use_strokes.ts";

/** The canvas, and what it does. */
export interface StrokeCanvasProps {
  /** Where the canvas is told. */
  readonly canvas: RefObject<HTMLCanvasElement>;
  readonly width: number;
  readonly height: number;
  /** What it is for. */
  readonly label: string;
  readonly strokes: Strokes;
}

/** The canvas; Ctrl+Z takes the last stroke back. */
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
