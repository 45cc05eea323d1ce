/** Resizing of images by interpolation. */
import type { Value } from "../graph.ts";
import { checkOptions, checkRank, staticDim } from "../shapes.ts";
import { matmul } from "./matmul.ts";
import type { OptionNames } from "../../options.ts";

/** How {@linkcode resizeBilinear} lays the two grids over one another. */
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
 * @throws {GraphError} if x has no four axes of known height and width, or a size is no whole number from 1.
 */
export function resizeBilinear(
  x: Value,
  height: number,
  width: number,
  options: BilinearOptions = {},
): Value {
  checkOptions(x, options, bilinearOptionNames, "Resize");
  checkRank(x, 4, "Resize", "x");
  if (![height, width].every((n) => Number.isInteger(n) && n >= 1)) {
    x.graph.fail("Resize", `height, width: ${height}, ${width} where whole numbers from 1 are expected`);
  }
  const { alignCorners = false } = options;
  const matrix = (from: number, to: number) =>
    x.graph.constant(interpolation(from, to, alignCorners), x.dtype, [to, from]);
  const rows = matmul(matrix(staticDim(x, 2, "Resize"), height), x);
  return matmul(rows, matrix(staticDim(x, 3, "Resize"), width), { transposeB: true });
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
