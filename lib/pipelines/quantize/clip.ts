/** The clipping range of a channel that minimizes the rounding error. */

/** The fractions of the whole range to try as clipping ranges. */
const RATIOS = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4];

/** A range of numbers that contains 0. */
export interface Range {
  /** The smallest, at most 0. */
  readonly min: number;
  /** The largest, at least 0. */
  readonly max: number;
}

/** The smallest and the largest of some numbers, at least one. */
export function extremes(values: Float32Array): [min: number, max: number] {
  let [min, max] = [values[0], values[0]];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return [min, max];
}

/**
 * The mean square error of rounding numbers to steps in a range.
 *
 * @param values The numbers.
 * @param step The step size, above 0.
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
 * The range that minimizes the mean square error of rounding to 8 bits: outliers beyond it are clipped if the
 * finer steps of all other numbers are worth it (Choukroun et al. 2019, "Low-bit quantization of neural networks for efficient inference").
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
  for (const ratio of RATIOS) {
    const step = ratio * (max - min) / 255;
    if (step === 0) break;
    const error = roundingError(values, step, Math.round(ratio * min / step), Math.round(ratio * max / step));
    if (error < least) [least, best] = [error, { min: ratio * min, max: ratio * max }];
  }
  return best;
}
