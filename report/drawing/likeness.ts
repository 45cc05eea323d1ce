import type { Tensor } from "../../lib/tensor.ts";

/** The peak signal-to-noise ratio of a picture against another, in decibels, for values in [-1, 1]. */
export function psnr(picture: Tensor, original: Tensor): number {
  const squares = picture.data.reduce((sum, value, i) => sum + (value - original.data[i]) ** 2, 0);
  return 10 * Math.log10(4 * picture.data.length / squares);
}

/** The ratio as it is shown. */
export function decibels(picture: Tensor, original: Tensor): string {
  return `${psnr(picture, original).toFixed(1)} dB`;
}
