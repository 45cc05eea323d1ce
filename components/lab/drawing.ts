/** Strokes on a canvas, one after another, that can be taken back. Works with mouse, pen and finger. */

/** A line that was drawn. */
export interface Stroke {
  readonly colour: string;
  readonly width: number;
  readonly points: { readonly x: number; readonly y: number }[];
}

/** Where a pointer is, in the canvas's own pixels. */
export function pointOf(event: PointerEvent): { x: number; y: number } {
  const canvas = event.currentTarget as HTMLCanvasElement;
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return {
    x: (event.clientX - left) * canvas.width / width,
    y: (event.clientY - top) * canvas.height / height,
  };
}

/** Draws strokes onto a canvas that keeps what it has. */
export function draw(context: CanvasRenderingContext2D, strokes: readonly Stroke[]): void {
  for (const { colour, width, points } of strokes) {
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = width;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    const [first, ...rest] = points;
    context.moveTo(first.x, first.y);
    // A point alone is a dot.
    for (const { x, y } of rest.length > 0 ? rest : [{ x: first.x + 0.01, y: first.y }]) context.lineTo(x, y);
    context.stroke();
  }
}
