/**
 * Views: invertible ways to look at an image under which noise stays noise.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";
import type { Tensor } from "../../tensor.ts";

/**
 * A way to look at images `[N, C, H, W]`. It must be orthogonal: standard normal noise stays standard normal, so that a
 * network sees what it was trained on (Geng et al. 2024, "Visual Anagrams", section 3.3). Permutations of pixels are, and
 * changes of sign.
 */
export interface View {
  /** The images as seen under the view. */
  apply(x: Tensor): Tensor;
  /** The inverse: `undo(apply(x))` is `x`, to the last bit. */
  undo(x: Tensor): Tensor;
  /** The inverse for learned variances, which are not colours: their sign never changes. */
  undoVariance(variance: Tensor): Tensor;
}

/** Where the pixels of a view come from: `out[i] = in[order[i]]`, both row by row. */
export type PixelOrder = (height: number, width: number) => Int32Array;

/**
 * A view that moves pixels, all channels alike.
 *
 * @param order Where each pixel comes from, for images of a size: each place exactly once. It is called once for a size.
 * @throws {ArgumentError} the view's functions, if `order` is not a permutation, or `x` is not of shape `[N, C, H, W]`.
 *
 * @example A view that turns images over.
 * ```ts
 * import { Generator } from "@denoise/denoise";
 *
 * const upsideDown = permutedPixels((height, width) =>
 *   Int32Array.from({ length: height * width }, (_, i) => height * width - 1 - i)
 * );
 * const x = new Generator(0).randn([1, 3, 8, 8]);
 * upsideDown.undo(upsideDown.apply(x)); // x
 * ```
 */
export function permutedPixels(order: PixelOrder): View {
  const known = new Map<string, { from: Int32Array; to: Int32Array }>();
  const orders = (x: Tensor) => {
    if (x.shape.length !== 4) {
      throw new ArgumentError("x", x, "images [N, C, H, W]", { plural: true });
    }
    const [, , height, width] = x.shape;
    const key = `${height}x${width}`;
    const found = known.get(key);
    if (found) return found;
    const from = order(height, width);
    const made = { from, to: inverse(from, height * width) };
    known.set(key, made);
    return made;
  };
  const undo = (x: Tensor) => moved(x, orders(x).to);
  return { apply: (x) => moved(x, orders(x).from), undo, undoVariance: undo };
}

/** `out[i] = x[order[i]]` in every plane. */
function moved({ data, shape }: Tensor, order: Int32Array): Tensor {
  const out = new Float32Array(data.length);
  for (let plane = 0; plane < out.length; plane += order.length) {
    for (let i = 0; i < order.length; i++) out[plane + i] = data[plane + order[i]];
  }
  return { data: out, shape };
}

function inverse(order: Int32Array, count: number): Int32Array {
  const out = new Int32Array(count).fill(-1);
  if (order.length === count) order.forEach((from, to) => out[from] = to);
  if (order.length !== count || out.includes(-1)) {
    throw new ArgumentError("order", order, `a permutation of ${count} pixels`);
  }
  return out;
}
