/** Strokes on a canvas, which can be undone. Works with mouse, pen and finger. */

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

/** The colours of stripes: one of them is visible on any picture. */
const STRIPES = ["rgb(20 20 20 / 78%)", "rgb(255 60 160 / 78%)"];

/** The width of two stripes, in pixels. */
const PITCH = 24;

/** Turns everything drawn on a canvas into stripes. */
export function stripe(context: CanvasRenderingContext2D): void {
  const { width, height } = context.canvas;
  context.save();
  context.globalCompositeOperation = "source-in";
  context.fillStyle = context.createPattern(stripes(), "repeat")!;
  context.fillRect(0, 0, width, height);
  context.restore();
}

/** A tile of slanting stripes. */
function stripes(): HTMLCanvasElement {
  const tile = document.createElement("canvas");
  tile.width = tile.height = PITCH;
  const context = tile.getContext("2d")!;
  context.fillStyle = STRIPES[0];
  context.fillRect(0, 0, PITCH, PITCH);
  // The other stripe, and the corner where it starts again.
  context.beginPath();
  const half = PITCH / 2;
  for (const from of [0, -PITCH, PITCH]) {
    context.moveTo(from, 0);
    context.lineTo(from + half, 0);
    context.lineTo(from + half + PITCH, PITCH);
    context.lineTo(from + PITCH, PITCH);
  }
  context.clip();
  context.clearRect(0, 0, PITCH, PITCH);
  context.fillStyle = STRIPES[1];
  context.fillRect(0, 0, PITCH, PITCH);
  return tile;
}
