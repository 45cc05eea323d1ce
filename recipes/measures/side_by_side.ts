import { ArgumentError } from "../../lib/errors.ts";
import { resize } from "../../lib/image.ts";
import { concat, type Tensor } from "../../lib/tensor.ts";

/**
 * Two images side by side on white, each of half the size: what a picture of two things looks like at best.
 *
 * @param left `[N, 3, size, size]` in 0..1, an even size.
 * @param right As many.
 * @returns `[N, 3, size, size]`
 * @throws {ArgumentError} if the shapes differ.
 */
export function sideBySide(left: Tensor, right: Tensor): Tensor {
  if (left.shape.join() !== right.shape.join()) {
    throw new ArgumentError("right", right, `[${left.shape}]`);
  }
  const [count, channels, size] = left.shape;
  const half = size >> 1;
  const [one, other] = [left, right].map((images) => resize(images, half, half, { filter: "bilinear" }));
  const row = concat([one, other], 3);
  const white = (height: number): Tensor => {
    return {
      data: new Float32Array(count * channels * height * size).fill(1),
      shape: [count, channels, height, size],
    };
  };
  const top = (size - half) >> 1;
  return concat([white(top), row, white(size - half - top)], 2);
}
