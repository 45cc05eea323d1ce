/**
 * Augmentation: pictures slightly moved, turned and scaled. Pictures are not mirrored: which way round one stands would be one
 * more thing for a small network to decide from noise, and what it cannot decide it blurs.
 */
import type { Generator } from "../../lib/random.ts";

/** The augmentation's amounts; each is drawn between its negative and itself. */
const TURN = 4 * Math.PI / 180;
const SHIFT = 0.045;
const SCALE = 0.08;

/** A map from places of the new picture to places of the old one, both counted from the middle in shares of the side. */
export interface Placement {
  /** `[a, b, c, d, x, y]`: from (u, v) to (a u + b v + x, c u + d v + y). */
  readonly map: readonly [number, number, number, number, number, number];
}

/** Draws how a picture is changed. */
export function drawPlacement(generator: Generator): Placement {
  const draws = generator.rand([4]).data.map((value) => 2 * value - 1);
  const angle = TURN * draws[0];
  const scale = 1 + SCALE * draws[1];
  const [cos, sin] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  return { map: [cos, -sin, sin, cos, SHIFT * draws[2], SHIFT * draws[3]] };
}

/**
 * A picture as a placement shows it, on white, smaller by a whole factor: each new pixel is the mean of factor x factor
 * points, each interpolated between four old pixels.
 *
 * @param bytes The picture, `[3, size, size]`.
 * @param size Its height and width.
 * @param factor How many times smaller the new picture is.
 * @returns `[3, size / factor, size / factor]` in [-1, 1].
 */
export function place(
  bytes: Uint8Array,
  size: number,
  { map: [a, b, c, d, x, y] }: Placement,
  factor: number,
): Float32Array {
  const side = size / factor;
  const [area, newArea] = [size * size, side * side];
  const out = new Float32Array(3 * newArea).fill(-1);
  const weight = 1 / (127.5 * factor * factor);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [u, v] = [(column + 0.5) / size - 0.5, (row + 0.5) / size - 0.5];
      const left = (a * u + b * v + x + 0.5) * size - 0.5;
      const top = (c * u + d * v + y + 0.5) * size - 0.5;
      const [x0, y0] = [Math.floor(left), Math.floor(top)];
      const [fx, fy] = [left - x0, top - y0];
      const to = Math.floor(row / factor) * side + Math.floor(column / factor);
      const inside = x0 >= 0 && y0 >= 0 && x0 + 1 < size && y0 + 1 < size;
      for (let channel = 0; channel < 3; channel++) {
        const from = channel * area + y0 * size + x0;
        const at = (dx: number, dy: number) => {
          const [px, py] = [x0 + dx, y0 + dy];
          const outside = !inside && (px < 0 || py < 0 || px >= size || py >= size);
          return outside ? 255 : bytes[from + dy * size + dx];
        };
        const above = at(0, 0) * (1 - fx) + at(1, 0) * fx;
        const below = at(0, 1) * (1 - fx) + at(1, 1) * fx;
        out[channel * newArea + to] += (above * (1 - fy) + below * fy) * weight;
      }
    }
  }
  return out;
}
