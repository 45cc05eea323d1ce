/** Points of a plane as a picture. */
import { full, type Tensor } from "../../lib/tensor.ts";

/** A colour: red, green and blue in [0, 1]. */
export type Colour = readonly [red: number, green: number, blue: number];

/** How much of what is under a dot it covers. */
const OPACITY = 0.7;

/** A dot's radius, in pixels. */
const RADIUS = 1.4;

/**
 * Draws points as dots on white.
 *
 * @param points `[N, 2]`, x to the right and y up; those out of reach are not drawn.
 * @param colours The colour of each.
 * @param reach The coordinate at the edges: the picture goes from `-reach` to `reach`.
 * @param size Height and width, in pixels.
 * @returns `[3, size, size]` in [-1, 1]
 */
export function scatter(points: Tensor, colours: readonly Colour[], reach: number, size: number): Tensor {
  const picture = full([3, size, size], 1);
  const { data } = picture;
  const place = (value: number) => (value / reach + 1) / 2 * size - 0.5;
  for (let i = 0; i < points.shape[0]; i++) {
    const [x, y] = [place(points.data[2 * i]), place(-points.data[2 * i + 1])];
    for (let row = Math.floor(y - RADIUS); row <= y + RADIUS + 1; row++) {
      for (let column = Math.floor(x - RADIUS); column <= x + RADIUS + 1; column++) {
        if (row < 0 || row >= size || column < 0 || column >= size) continue;
        // The edge of a dot is as wide as a pixel.
        const cover = Math.min(1, Math.max(0, RADIUS + 0.5 - Math.hypot(row - y, column - x)));
        for (let c = 0; c < 3 && cover > 0; c++) {
          const at = (c * size + row) * size + column;
          data[at] += OPACITY * cover * (2 * colours[i][c] - 1 - data[at]);
        }
      }
    }
  }
  return picture;
}

/** A colour that goes round the circle of hues with a point's direction from the middle. */
export function colourOfDirection(x: number, y: number): Colour {
  const angle = Math.atan2(y, x);
  const channel = (shift: number) => 0.42 + 0.36 * Math.cos(angle - shift * 2 * Math.PI / 3);
  return [channel(0), channel(1), channel(2)];
}
