/** The difference between the images of two networks. */
import { ArgumentError } from "../../argument_error.ts";
import type { Tensor } from "../../tensor.ts";

/** The result of {@linkcode pictureDifference}. */
export interface PictureDifference {
  /** The peak signal-to-noise ratio of each image, in decibels: Infinity for identical ones. */
  readonly psnr: readonly number[];
  /** Their median. */
  readonly median: number;
}

/**
 * Compares images pairwise by the peak signal-to-noise ratio: 10 log10 of the squared range over the mean square
 * of the difference. Values are clipped to the range, as files store them.
 *
 * @param pictures `[N, C, H, W]`, in [-1, 1], at least one.
 * @param others Of the same shape.
 * @throws {ArgumentError} if the shapes differ, or there are no images.
 *
 * @example
 * ```ts
 * import { full } from "@denoise/denoise/tensors";
 *
 * const { median } = pictureDifference(full([1, 3, 8, 8], 0), full([1, 3, 8, 8], 0.02)); // 40 dB
 * ```
 */
export function pictureDifference(pictures: Tensor, others: Tensor): PictureDifference {
  const fits = pictures.shape.length === others.shape.length &&
    pictures.shape.every((n, i) => n === others.shape[i]);
  if (!fits) throw new ArgumentError("others", others, `[${pictures.shape}]`);
  const count = pictures.shape[0];
  if (!(count >= 1)) throw new ArgumentError("pictures", pictures, "at least one picture");
  const size = pictures.data.length / count;
  const shown = (x: number) => Math.max(-1, Math.min(1, x));
  const psnr = Array.from({ length: count }, (_, n) => {
    let sum = 0;
    for (let i = n * size; i < (n + 1) * size; i++) {
      sum += (shown(pictures.data[i]) - shown(others.data[i])) ** 2;
    }
    return 10 * Math.log10(4 / (sum / size));
  });
  const sorted = psnr.toSorted((a, b) => a - b);
  return { psnr, median: (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2 };
}
