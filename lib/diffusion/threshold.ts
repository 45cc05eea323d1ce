/**
 * Thresholds: how clean images that a prediction implies are held within the range of images, before a sampler
 * uses them.
 *
 * @module
 */

import { ArgumentError } from "../argument_error.ts";
import { assertOptions, type OptionNames } from "../options.ts";
import { map, type Tensor } from "../tensor.ts";
import { absoluteQuantile } from "./quantile.ts";

/** Holds implied clean images `[N, ...]` within a range. */
export type Threshold = (x0: Tensor) => Tensor;

/**
 * Clips every value to a range.
 *
 * @param range The smallest and the largest value.
 * @throws {ArgumentError} if the range is empty.
 */
export function clip(range: readonly [min: number, max: number] = [-1, 1]): Threshold {
  const [min, max] = range;
  if (!(min < max)) {
    throw new ArgumentError("range", range, "a smaller and a larger number", { plural: true });
  }
  return (x0) => map(x0, (value) => Math.min(Math.max(value, min), max));
}

/** The options of {@linkcode dynamicThreshold}. */
export interface DynamicThresholdOptions {
  /** The quantile of the absolute values that becomes the new bound, in (0, 1]; by default 0.95. */
  readonly ratio?: number;
  /** The largest bound, at least 1; by default 1.5, DeepFloyd IF's first stage (its second has 1: plain clipping). */
  readonly max?: number;
}

const dynamicThresholdOptionNames: OptionNames<DynamicThresholdOptions> = {
  ratio: true,
  max: true,
};

/**
 * Dynamic thresholding (Saharia et al. 2022, section 2.3): of each image, `s` is a quantile of the absolute values,
 * at least 1 and at most `max`; the image is clipped to `[-s, s]` and divided by `s`. Saturated pixels move inwards,
 * which large guidance scales need.
 *
 * @param options The quantile and the largest bound.
 * @throws {ArgumentError} if an option is out of its range.
 */
export function dynamicThreshold(options: DynamicThresholdOptions = {}): Threshold {
  assertOptions(options, dynamicThresholdOptionNames);
  const { ratio = 0.95, max = 1.5 } = options;
  if (!(ratio > 0 && ratio <= 1)) {
    throw new ArgumentError("ratio", ratio, "a number in (0, 1]");
  }
  if (!(max >= 1)) throw new ArgumentError("max", max, "a number of at least 1");
  return (x0) => {
    const out = new Float32Array(x0.data.length);
    const size = out.length / x0.shape[0];
    for (let start = 0; start < out.length; start += size) {
      const image = x0.data.subarray(start, start + size);
      const s = max === 1 ? 1 : Math.min(Math.max(absoluteQuantile(image, ratio), 1), max);
      for (let i = 0; i < size; i++) out[start + i] = Math.min(Math.max(image[i], -s), s) / s;
    }
    return { data: out, shape: x0.shape };
  };
}
