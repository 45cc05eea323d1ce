/** Resizing of images by interpolation. */
import type { OptionNames } from "../../options.ts";
import type { Value } from "../graph.ts";
import { checkOptions, checkRank, staticDim } from "../shapes.ts";
import { matmul } from "./matmul.ts";
import { adaptiveAveragePool2d } from "./pool.ts";
import { separable } from "./separable.ts";

/** How {@linkcode resizeBilinear} and {@linkcode resizeBicubic} lay the two grids over one another. */
export interface BilinearOptions {
  /** Whether the corners' centres coincide (as DeepFloyd IF's super-resolution does) rather than the images' edges. */
  readonly alignCorners?: boolean;
}

const bilinearOptionNames: OptionNames<BilinearOptions> = {
  alignCorners: true,
};

/**
 * Bilinear interpolation to another size, as two matrix products (it is linear in the rows and in the columns).
 *
 * @param x `[N, C, H, W]`
 * @returns `[N, C, height, width]`
 * @throws {GraphError} if x has no four axes of known height and width, or a size is not a whole number from 1.
 */
export function resizeBilinear(
  x: Value,
  height: number,
  width: number,
  options: BilinearOptions = {},
): Value {
  checkOptions(x, options, bilinearOptionNames, "Resize");
  const { alignCorners = false } = options;
  return separable(x, height, width, (from, to) => interpolation(from, to, alignCorners), "Resize");
}

/** The weights of linear interpolation from `from` samples to `to`, row by row. */
function interpolation(from: number, to: number, alignCorners: boolean): number[] {
  const weights = Array<number>(from * to).fill(0);
  for (let i = 0; i < to; i++) {
    const position = alignCorners
      ? to > 1 ? i * (from - 1) / (to - 1) : 0
      : Math.min(from - 1, Math.max(0, (i + 0.5) * from / to - 0.5));
    const left = Math.min(Math.floor(position), from - 1);
    const right = Math.min(left + 1, from - 1);
    weights[i * from + left] += 1 - (position - left);
    weights[i * from + right] += position - left;
  }
  return weights;
}

/**
 * Bicubic interpolation to another size by Keys's kernel with a = -3/4 (Keys 1981, "Cubic convolution interpolation for digital image
 * processing", eq. 4), edges repeated; no filter goes before it where it makes images smaller. Agrees with PyTorch's.
 *
 * @param x `[N, C, H, W]`
 * @returns `[N, C, height, width]`
 * @throws {GraphError} if x has no four axes of known height and width, or a size is not a whole number from 1.
 */
export function resizeBicubic(
  x: Value,
  height: number,
  width: number,
  options: BilinearOptions = {},
): Value {
  checkOptions(x, options, bilinearOptionNames, "Resize");
  const { alignCorners = false } = options;
  return separable(x, height, width, (from, to) => cubicWeights(from, to, alignCorners), "Resize");
}

/** The weights of cubic interpolation from `from` samples to `to`, row by row. */
function cubicWeights(from: number, to: number, alignCorners: boolean): number[] {
  const weights = Array<number>(from * to).fill(0);
  for (let i = 0; i < to; i++) {
    const position = alignCorners ? to > 1 ? i * (from - 1) / (to - 1) : 0 : (i + 0.5) * from / to - 0.5;
    const left = Math.floor(position);
    for (let k = -1; k <= 2; k++) {
      const at = Math.min(from - 1, Math.max(0, left + k));
      weights[i * from + at] += cubic(position - left - k);
    }
  }
  return weights;
}

/** Keys's kernel, at a distance within 2. */
function cubic(distance: number): number {
  const [a, d] = [-0.75, Math.abs(distance)];
  if (d <= 1) return (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
  return d < 2 ? a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a : 0;
}

/**
 * The pixels of an image under another size: each becomes the one at `⌊i · from / to⌋` (nearest neighbour). Agrees with PyTorch's
 * "nearest". For whole factors `upsampleNearest2d` is faster.
 *
 * @param x `[N, C, H, W]`
 * @returns `[N, C, height, width]`
 * @throws {GraphError} if x has no four axes of known height and width, or a size is not a whole number from 1.
 */
export function resizeNearest(x: Value, height: number, width: number): Value {
  checkRank(x, 4, "Resize", "x");
  if (![height, width].every((n) => Number.isInteger(n) && n >= 1)) {
    x.graph.fail("Resize", `height, width: ${height}, ${width} where whole numbers from 1 are expected`);
  }
  return nearestAlong(nearestAlong(x, 2, height), 3, width);
}

/** The nearest pixels along the axis of the rows or of the columns; backwards, a product adds up what one pixel became. */
function nearestAlong(x: Value, axis: 2 | 3, to: number): Value {
  const from = staticDim(x, axis, "Resize");
  if (from === to) return x;
  // PyTorch has the ratio as a float of 32 bits, which decides where it falls on a pixel's edge.
  const ratio = Math.fround(from / to);
  const indices = Array.from(
    { length: to },
    (_, i) => Math.min(from - 1, Math.floor(Math.fround(i * ratio))),
  );
  return x.graph.node({
    op: "Gather",
    inputs: [x, x.graph.constant(indices, "int64")],
    attributes: { axis: { int: axis } },
    outputs: [{ dtype: x.dtype, shape: x.shape.map((dim, i) => i === axis ? to : dim) }],
    gradient: ([dy]) => {
      if (!dy) return [];
      const chosen = Array<number>(to * from).fill(0);
      indices.forEach((at, i) => chosen[i * from + at] = 1);
      const matrix = dy.graph.constant(chosen, dy.dtype, [to, from]);
      return [axis === 2 ? matmul(matrix, dy, { transposeA: true }) : matmul(dy, matrix)];
    },
  })[0];
}

/**
 * Each pixel the mean of those that it covers, as `adaptiveAveragePool2d`: for making images smaller. Agrees with PyTorch's "area".
 *
 * @param x `[N, C, H, W]`
 * @returns `[N, C, height, width]`
 * @throws {GraphError} if x has no four axes of known height and width, or a size is not a whole number from 1.
 */
export function resizeArea(x: Value, height: number, width: number): Value {
  return adaptiveAveragePool2d(x, height, width);
}
