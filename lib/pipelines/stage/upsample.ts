/**
 * How DeepFloyd IF enlarges a low-resolution image before its second stage sees it.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";
import { sizeOf, type Tensor } from "../../tensor.ts";

/**
 * Enlarges (or shrinks, without smoothing) images by bilinear interpolation between pixels whose corners are aligned: the
 * outermost pixels' centres stay the outermost. PyTorch's `interpolate` with `align_corners=True`.
 *
 * @param x The images, `[N, C, H, W]`, in any range.
 * @param height The new height, at least 1.
 * @param width The new width, at least 1.
 * @returns `[N, C, height, width]`
 * @throws {ArgumentError} if `x` has another shape or no pixel, or a size is not a whole number from 1.
 *
 * @example
 * ```ts
 * import { tensor } from "@denoise/denoise";
 *
 * const x = tensor(Float32Array.of(0, 1), [1, 1, 1, 2]);
 * upsampleBilinear(x, 1, 5); // 0, 0.25, 0.5, 0.75, 1
 * ```
 */
export function upsampleBilinear(x: Tensor, height: number, width: number): Tensor {
  if (x.shape.length !== 4 || sizeOf(x.shape) === 0) {
    throw new ArgumentError("x", x, "[N, C, H, W] with at least one pixel");
  }
  for (const [name, size] of Object.entries({ height, width })) {
    if (!(Number.isInteger(size) && size >= 1)) {
      throw new ArgumentError(name, size, "a whole number from 1");
    }
  }
  const [count, channels, oldHeight, oldWidth] = x.shape;
  const [rows, columns] = [places(oldHeight, height), places(oldWidth, width)];
  const out = new Float32Array(count * channels * height * width);
  let to = 0;
  for (let plane = 0; plane < x.data.length; plane += oldHeight * oldWidth) {
    for (const row of rows) {
      const [above, below] = [plane + row.before * oldWidth, plane + row.after * oldWidth];
      for (const { before, after, part } of columns) {
        const top = x.data[above + before] * (1 - part) + x.data[above + after] * part;
        const bottom = x.data[below + before] * (1 - part) + x.data[below + after] * part;
        out[to++] = top * (1 - row.part) + bottom * row.part;
      }
    }
  }
  return { data: out, shape: [count, channels, height, width] };
}

/** Between which two pixels each new one lies, and how far on the way from the one to the other. */
function places(from: number, to: number): { before: number; after: number; part: number }[] {
  const stride = to > 1 ? (from - 1) / (to - 1) : 0;
  return Array.from({ length: to }, (_, i) => {
    const before = Math.min(Math.floor(i * stride), from - 1);
    return { before, after: Math.min(before + 1, from - 1), part: i * stride - before };
  });
}
