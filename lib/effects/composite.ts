/**
 * Masks: which part of an image is regenerated, and which is kept.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import { sizeOf, type Tensor } from "../tensor.ts";

/**
 * Takes each pixel from one of two batches of images, by a mask. Nothing is blended: a pixel is one or the
 * other to the last bit.
 *
 * @param mask 1 where pixels are regenerated, 0 where they are kept, `[1, 1, H, W]` for all images or `[N, 1, H, W]`; in
 * between, 0.5 and above count as 1.
 * @param repainted The images to take where the mask is 1, `[N, C, H, W]`.
 * @param original The images to take where it is 0, `[N, C, H, W]`.
 * @returns `[N, C, H, W]`
 * @throws {ArgumentError} if the shapes do not fit, or a value of the mask is not in [0, 1].
 *
 * @example
 * ```ts
 * import { full, tensor, zeros } from "@denoise/denoise";
 *
 * const mask = tensor(Float32Array.of(1, 0), [1, 1, 1, 2]);
 * compositeByMask(mask, full([1, 3, 1, 2], 1), zeros([1, 3, 1, 2])); // each channel is [1, 0]
 * ```
 */
export function compositeByMask(mask: Tensor, repainted: Tensor, original: Tensor): Tensor {
  assertMask(mask, repainted.shape, "repainted");
  assertMask(mask, original.shape, "original");
  if (repainted.shape[0] !== original.shape[0] || repainted.shape[1] !== original.shape[1]) {
    throw new ArgumentError("original", original, `[${repainted.shape}]`);
  }
  const [count, channels, height, width] = repainted.shape;
  const plane = height * width;
  const out = original.data.slice();
  for (let n = 0; n < count; n++) {
    const from = mask.shape[0] === 1 ? 0 : n * plane;
    for (let c = 0; c < channels; c++) {
      const to = (n * channels + c) * plane;
      for (let i = 0; i < plane; i++) {
        if (mask.data[from + i] >= 0.5) out[to + i] = repainted.data[to + i];
      }
    }
  }
  return { data: out, shape: repainted.shape };
}

/**
 * Throws unless a mask fits images.
 *
 * @param mask The mask, `[1, 1, H, W]` or `[N, 1, H, W]`, in [0, 1].
 * @param shape The shape of the images, `[N, C, H, W]`.
 * @param name The name of the images' argument.
 * @throws {ArgumentError} if it does not.
 */
export function assertMask(mask: Tensor, shape: readonly number[], name: string): void {
  const [count, , height, width] = shape;
  if (shape.length !== 4) throw new ArgumentError(name, { shape }, "[N, C, H, W]");
  const [masks, channels, ...size] = mask.shape;
  const fits = mask.shape.length === 4 && (masks === 1 || masks === count) && channels === 1 &&
    size[0] === height && size[1] === width && mask.data.length === sizeOf(mask.shape);
  if (!fits) {
    const shapes = [...new Set([1, count])].map((n) => `[${[n, 1, height, width]}]`).join(" or ");
    throw new ArgumentError("mask", mask, shapes);
  }
  const wrong = mask.data.findIndex((value) => !(value >= 0 && value <= 1));
  if (wrong !== -1) {
    throw new ArgumentError("mask", described(`${mask.data[wrong]} at index ${wrong}`), "a number in [0, 1]");
  }
}
