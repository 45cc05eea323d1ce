/**
 * Other sizes.
 *
 * The resampling is Pillow's: the filter widens with the factor when an image shrinks, so that nothing aliases.
 * (imagescript resizes by nearest neighbour alone.)
 */
import { ArgumentError } from "../argument_error.ts";
import { sizeOf, type Tensor, tensor } from "../tensor.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** The options of {@linkcode resize}. */
export interface ResizeOptions {
  /** The filter; by default bicubic, as the pipelines of DeepFloyd IF have it. */
  filter?: "bicubic" | "bilinear";
  /**
   * Whether to compute as Pillow does on 8-bit images, in fixed point and rounded to bytes after each pass, for the
   * very same bytes. The image is in `[-1, 1]` then. By default nothing is rounded; bicubic may overshoot the range.
   */
  bytes?: boolean;
}

const resizeOptionNames: OptionNames<ResizeOptions> = {
  filter: true,
  bytes: true,
};

const FILTERS = {
  bilinear: { support: 1, weight: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  /** Keys' cubic convolution with a = -0.5. */
  bicubic: {
    support: 2,
    weight: (x: number) => {
      const d = Math.abs(x);
      if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
      return d < 2 ? -0.5 * (((d - 5) * d + 8) * d - 4) : 0;
    },
  },
};

/** Pillow's fixed point: weights are whole numbers of 2^-22. */
const ONE = 2 ** 22;

/** For one place of the output: where its inputs begin, and their weights, with the sum 1. */
interface Taps {
  readonly start: number;
  readonly weights: readonly number[];
}

function taps(from: number, to: number, filter: keyof typeof FILTERS): Taps[] {
  const { support, weight } = FILTERS[filter];
  const factor = from / to;
  const width = Math.max(factor, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * factor;
    const start = Math.max(0, Math.trunc(centre - support * width + 0.5));
    const end = Math.min(from, Math.trunc(centre + support * width + 0.5));
    const weights = Array.from({ length: end - start }, (_, k) => weight((start + k - centre + 0.5) / width));
    const sum = weights.reduce((a, b) => a + b, 0);
    return { start, weights: weights.map((w) => w / sum) };
  });
}

/** One pass along an axis: data is `[outer, size, inner]`. */
function pass(
  data: Float32Array,
  size: number,
  inner: number,
  all: readonly Taps[],
  bytes: boolean,
): Float32Array {
  const outer = data.length / (size * inner);
  const out = new Float32Array(outer * all.length * inner);
  const places = bytes
    ? all.map(({ start, weights }) => ({
      start,
      weights: weights.map((w) => Math.trunc(w * ONE + Math.sign(w) / 2)),
    }))
    : all;
  for (let o = 0, at = 0; o < outer; o++) {
    for (const { start, weights } of places) {
      const from = (o * size + start) * inner;
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * data[from + k * inner + i];
        out[at++] = bytes ? Math.min(255, Math.max(0, Math.floor(sum / ONE + 0.5))) : sum;
      }
    }
  }
  return out;
}

/**
 * Resizes images to a height and a width, without keeping their aspect.
 *
 * @param x `[..., H, W]`, in any range.
 * @returns `[..., height, width]`
 * @throws {ArgumentError} if x has fewer than two axes or no pixel, or if height or width is not a whole number from 1.
 */
export function resize(x: Tensor, height: number, width: number, options: ResizeOptions = {}): Tensor {
  assertOptions(options, resizeOptionNames);
  const { filter = "bicubic", bytes = false } = options;
  if (!Object.hasOwn(FILTERS, filter)) {
    throw new ArgumentError("filter", filter, "bicubic or bilinear");
  }
  const [oldHeight, oldWidth] = x.shape.slice(-2);
  if (x.shape.length < 2 || sizeOf(x.shape) === 0) {
    throw new ArgumentError("x", x, "[..., H, W] with at least one pixel");
  }
  for (const [name, size] of Object.entries({ height, width })) {
    if (!(Number.isInteger(size) && size > 0)) {
      throw new ArgumentError(name, size, "a whole number from 1");
    }
  }
  let data: Float32Array = bytes ? x.data.map((v) => Math.round((v + 1) * 127.5)) : x.data.slice();
  // Across first, then down, as Pillow does; an axis that keeps its size is left alone.
  if (width !== oldWidth) data = pass(data, oldWidth, 1, taps(oldWidth, width, filter), bytes);
  if (height !== oldHeight) data = pass(data, oldHeight, width, taps(oldHeight, height, filter), bytes);
  if (bytes) data = data.map((v) => Math.fround(v / 127.5) - 1);
  return tensor(data, [...x.shape.slice(0, -2), height, width]);
}

/**
 * Enlarges images by a whole factor, each pixel a square: how to show a 28 x 28 digit.
 *
 * @param x `[..., H, W]`, in any range.
 * @returns `[..., factor * H, factor * W]`
 * @throws {ArgumentError} if the factor is not a whole number from 1, or x has fewer than two axes.
 */
export function upscaleNearest(x: Tensor, factor: number): Tensor {
  if (!(Number.isInteger(factor) && factor > 0)) {
    throw new ArgumentError("factor", factor, "a whole number from 1");
  }
  if (x.shape.length < 2) throw new ArgumentError("x", x, "[..., H, W]");
  const [height, width] = x.shape.slice(-2);
  const wide = width * factor;
  const shape = [...x.shape.slice(0, -2), height * factor, wide];
  const out = new Float32Array(sizeOf(shape));
  for (let o = 0; o < out.length; o++) {
    const row = Math.floor(o / wide / factor);
    out[o] = x.data[row * width + Math.floor(o % wide / factor)];
  }
  return tensor(out, shape);
}
