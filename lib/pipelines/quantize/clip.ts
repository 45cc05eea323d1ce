/** Where the numbers of a channel are cut off so that rounding them costs least. */

/** Shares of the whole range that are tried, as which numbers beyond are cut off. */
const SHARES = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4];

/** A range of numbers, with 0 in it. */
export interface Range {
  /** The smallest, at most 0. */
  readonly min: number;
  /** The largest, at least 0. */
  readonly max: number;
}

/** The smallest and the largest of some numbers, of which there is at least one. */
export function extremes(values: Float32Array): [min: number, max: number] {
  let [min, max] = [values[0], values[0]];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return [min, max];
}

/**
 * The mean square error of numbers that are rounded to steps, of which there are so many on either side of 0.
 *
 * @param values The numbers.
 * @param step The distance of two steps, above 0.
 * @param first The lowest step, at most 0: a whole number.
 * @param last The highest, at least 0.
 */
export function roundingError(values: Float32Array, step: number, first: number, last: number): number {
  let sum = 0;
  for (const value of values) {
    const steps = Math.round(value / step);
    const error = value - step * (steps < first ? first : steps > last ? last : steps);
    sum += error * error;
  }
  return sum / values.length;
}

/**
 * The range that costs least when numbers are rounded to 8 bits, by the mean square error: outliers beyond it are cut off, where the
 * finer steps of all others are worth it (Choukroun et al. 2019, "Low-bit quantization of neural networks for efficient inference").
 *
 * @param values The numbers.
 * @param isSymmetric Whether it reaches as far below 0 as above.
 */
export function clippingRange(values: Float32Array, isSymmetric: boolean): Range {
  const [smallest, largest] = extremes(values);
  const reach = Math.max(-smallest, largest);
  const [min, max] = isSymmetric ? [-reach, reach] : [Math.min(smallest, 0), Math.max(largest, 0)];
  let best = { min, max };
  let least = Infinity;
  for (const share of SHARES) {
    const step = share * (max - min) / 255;
    if (step === 0) break;
    const error = roundingError(values, step, Math.round(share * min / step), Math.round(share * max / step));
    if (error < least) [least, best] = [error, { min: share * min, max: share * max }];
  }
  return best;
}
