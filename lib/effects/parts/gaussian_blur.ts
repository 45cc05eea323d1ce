/** Gaussian blur. @module */
import { ArgumentError } from "../../argument_error.ts";
import type { Tensor } from "../../tensor.ts";
import { assertOptions, type OptionNames } from "../../options.ts";

/** The options of {@linkcode gaussianBlur}. */
export interface GaussianBlurOptions {
  /** The standard deviation in pixels, above 0. */
  readonly sigma: number;
  /** The kernel's width in pixels, an odd number; of images narrower than its half, none. */
  readonly kernel: number;
}

const gaussianBlurOptionNames: OptionNames<GaussianBlurOptions> = {
  sigma: true,
  kernel: true,
};

/**
 * Blurs images by a normal distribution, cut off at the kernel's ends and normalised; beyond their edges images are
 * mirrored, without repeating the edge: torchvision's `gaussian_blur`.
 *
 * @param x The images, `[N, C, H, W]`, in any range.
 * @param options The standard deviation and the kernel's width.
 * @throws {ArgumentError} if an option is out of its range, or the kernel reaches beyond a mirrored image.
 *
 * @example
 * ```ts
 * import { full } from "@denoise/denoise";
 *
 * gaussianBlur(full([1, 3, 8, 8], 0.5), { sigma: 1, kernel: 5 }); // 0.5 everywhere
 * ```
 */
export function gaussianBlur(x: Tensor, options: GaussianBlurOptions): Tensor {
  assertOptions(options, gaussianBlurOptionNames);
  const { sigma, kernel } = options;
  if (!(sigma > 0 && Number.isFinite(sigma))) {
    throw new ArgumentError("sigma", sigma, "a number above 0");
  }
  if (!(Number.isInteger(kernel) && kernel >= 1 && kernel % 2 === 1)) {
    throw new ArgumentError("kernel", kernel, "an odd number from 1");
  }
  const [height, width] = x.shape.slice(-2);
  const reach = (kernel - 1) / 2;
  if (x.shape.length !== 4 || Math.min(height, width) <= reach) {
    throw new ArgumentError("x", x, `[N, C, H, W] larger than ${reach}`, { note: "half the kernel" });
  }
  const weights = Float64Array.from(
    { length: kernel },
    (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const normal = weights.map((weight) => weight / sum);
  const rows = along(Float64Array.from(x.data), normal, width, 1, height, width);
  const both = along(rows, normal, height, width, height, width);
  return { data: Float32Array.from(both), shape: x.shape };
}

/** Convolves every plane along one axis, of `length` elements `stride` apart. */
function along(
  data: Float64Array,
  weights: Float64Array,
  length: number,
  stride: number,
  height: number,
  width: number,
): Float64Array {
  const out = new Float64Array(data.length);
  const reach = (weights.length - 1) / 2;
  const lines = height * width / length;
  const sources = Array.from({ length: length + 2 * reach }, (_, i) => mirrored(i - reach, length) * stride);
  for (let plane = 0; plane < data.length; plane += height * width) {
    for (let line = 0; line < lines; line++) {
      const start = plane + (stride === 1 ? line * length : line);
      for (let i = 0; i < length; i++) {
        let total = 0;
        for (let k = 0; k < weights.length; k++) total += weights[k] * data[start + sources[i + k]];
        out[start + i * stride] = total;
      }
    }
  }
  return out;
}

function mirrored(i: number, length: number): number {
  if (i < 0) return -i;
  return i < length ? i : 2 * (length - 1) - i;
}
