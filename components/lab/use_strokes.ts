/** Strokes of a pointer as state. */
import { useRef, useState } from "preact/hooks";
import { pointOf, type Stroke } from "./drawing.ts";

/** The result of {@linkcode useStrokes}. */
export type Strokes = ReturnType<typeof useStrokes>;

/** Strokes, and the handlers of the canvas they are drawn on. */
export function useStrokes(pen: { readonly colour: string; readonly width: number }) {
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const current = useRef<Stroke | undefined>();
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      event.preventDefault();
      (event.currentTarget as HTMLCanvasElement).setPointerCapture(event.pointerId);
      current.current = { ...pen, points: [pointOf(event)] };
      setStrokes([...strokes, current.current]);
    },
    onPointerMove: (event: PointerEvent) => {
      if (!current.current) return;
      current.current.points.push(pointOf(event));
      setStrokes((all) => [...all]);
    },
    onPointerUp: () => current.current = undefined,
    onPointerCancel: () => current.current = undefined,
  };
  return {
    strokes,
    handlers,
    undo: () => setStrokes(strokes.slice(0, -1)),
    clear: () => setStrokes([]),
  };
}
