import { gaussianBlur } from "../../lib/effects/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { psnr } from "./likeness.ts";

/** A blur and its result. */
export interface BestBlur {
  /** The standard deviation in pixels. */
  readonly sigma: number;
  /** The kernel's width in pixels. */
  readonly kernel: number;
  /** The blurred picture. */
  readonly picture: Tensor;
}

/**
 * The Gaussian blur that brings a noisy picture closest to the original, by mean squared error: the best of standard deviations
 * from half a pixel to a quarter of the picture, each a fifteenth larger than the one before. No classical denoiser knows the
 * original; this is the best that a blur could do.
 */
export function bestBlur(noisy: Tensor, original: Tensor): BestBlur {
  const size = Math.min(...noisy.shape.slice(2));
  let best: BestBlur | undefined;
  for (let sigma = 0.5; sigma <= size / 4; sigma *= 16 / 15) {
    // Three standard deviations on either side, as far as a mirrored picture goes.
    const kernel = 2 * Math.min(Math.ceil(3 * sigma), size - 1) + 1;
    const picture = gaussianBlur(noisy, { sigma, kernel });
    if (!best || psnr(picture, original) > psnr(best.picture, original)) best = { sigma, kernel, picture };
  }
  return best!;
}
