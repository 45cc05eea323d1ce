/** Image quality metrics against originals that agree with perception. */
import type { Tensor } from "../../lib/tensor.ts";

/** A pixel is white, or of the ground, within this distance, of values in [-1, 1]: 4 of 255. */
const WHITE = 4 / 127.5;

/** Sums over images, from which the figures follow. */
export class ImageQuality {
  #values = 0;
  #error = 0;
  #energy = 0;
  #wanted = 0;
  #ground = 0;
  #kept = 0;

  /**
   * Adds images.
   *
   * @param images `[N, 3, H, W]`, cut to [-1, 1].
   * @param originals What they should be, in the same shape and range.
   */
  add(images: Tensor, originals: Tensor): void {
    const [count, channels, height, width] = originals.shape;
    const area = height * width;
    const x = images.data.map((value) => Math.min(1, Math.max(-1, value)));
    const y = originals.data;
    this.#values += y.length;
    for (let i = 0; i < y.length; i++) this.#error += ((x[i] - y[i]) / 2) ** 2;
    for (let plane = 0; plane < count * channels; plane++) {
      this.#energy += laplacianEnergy(x, plane * area, height, width);
      this.#wanted += laplacianEnergy(y, plane * area, height, width);
    }
    for (let image = 0; image < count; image++) {
      for (let pixel = 0; pixel < area; pixel++) {
        const first = image * channels * area + pixel;
        const white = (data: ArrayLike<number>) => {
          for (let c = 0; c < channels; c++) if (data[first + c * area] < 1 - WHITE) return false;
          return true;
        };
        if (!white(y)) continue;
        this.#ground++;
        if (white(x)) this.#kept++;
      }
    }
  }

  /** The peak signal-to-noise ratio, in decibels, of the mean squared error over all images. */
  get psnr(): number {
    return -10 * Math.log10(this.#error / this.#values);
  }

  /** The energy of the images' Laplacian over that of the originals': 1 is as sharp, less is blurred, more is noisy. */
  get sharpness(): number {
    return this.#energy / this.#wanted;
  }

  /** Of the pixels that are white in the originals, the share that is white here, within 4 of 255. */
  get ground(): number {
    return this.#kept / this.#ground;
  }
}

/** The sum of squares of the five-point Laplacian inside a plane. */
export function laplacianEnergy(
  data: ArrayLike<number>,
  start: number,
  height: number,
  width: number,
): number {
  let energy = 0;
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++) {
      const i = start + row * width + column;
      energy += (data[i - 1] + data[i + 1] + data[i - width] + data[i + width] - 4 * data[i]) ** 2;
    }
  }
  return energy;
}
