/** Products and variances over axes. */
import type { OptionNames } from "../../options.ts";
import { sizeOf } from "../../tensor.ts";
import type { Value } from "../graph.ts";
import { checkOptions, normalizeAxis, staticDim } from "../shapes.ts";
import { cast, div, equal, mul, square, sub, where } from "./elementwise.ts";
import { mean } from "./mean.ts";
import { type ReduceOptions, reduction, sum } from "./reduce.ts";

/**
 * The product over some axes, or over all. Its gradient is right among zeros too: where one factor is 0, it alone gets one, and where
 * several are, none does.
 */
export function prod(x: Value, options: ReduceOptions = {}): Value {
  return reduction("ReduceProd", x, options, (dy, axes) => {
    const isZero = equal(x, 0);
    const zero = cast(isZero, x.dtype);
    const others = where(isZero, x.graph.constant(1, x.dtype), x);
    const kept = { axes, keepDims: true };
    // A factor gets the product of the others: which has no zero if there is none, or if it is the factor itself.
    const alone = cast(equal(sum(zero, kept), zero), x.dtype);
    return mul(mul(dy, alone), div(prod(others, kept), others));
  });
}

/** Options of {@linkcode variance}. */
export interface VarianceOptions extends ReduceOptions {
  /** What is taken off the count that squares are divided by: 1 (the default, as in PyTorch) has no bias, 0 is the mean of squares. */
  readonly correction?: number;
}

const varianceOptionNames: OptionNames<VarianceOptions> = {
  axes: true,
  keepDims: true,
  correction: true,
};

/**
 * The variance over some axes, or over all.
 *
 * @throws {GraphError} if the correction is not a number from 0 and below the count, or the count is not known and there is one.
 */
export function variance(x: Value, options: VarianceOptions = {}): Value {
  const op = "Variance";
  checkOptions(x, options, varianceOptionNames, op);
  const { axes = x.shape.map((_, i) => i), keepDims = false, correction = 1 } = options;
  const biased = mean(square(sub(x, mean(x, { axes, keepDims: true }))), { axes, keepDims });
  if (correction === 0) return biased;
  const count = sizeOf(axes.map((axis) => staticDim(x, normalizeAxis(x, axis, op), op)));
  if (!(correction > 0 && correction < count)) {
    x.graph.fail(
      op,
      `correction: ${correction} where a number from 0 to below the count ${count} is expected`,
    );
  }
  return mul(biased, count / (count - correction));
}
