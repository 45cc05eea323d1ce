/** Running sums. */
import type { OptionNames } from "../../options.ts";
import type { Value } from "../graph.ts";
import { checkOptions, normalizeAxis } from "../shapes.ts";

/** What {@linkcode cumsum} adds up. */
export interface CumsumOptions {
  /** Whether sums leave out the element that they stand at; they do not unless this is set. */
  readonly exclusive?: boolean;
  /** Whether they run from the end of the axis to its start; they do not unless this is set. */
  readonly reverse?: boolean;
}

const cumsumOptionNames: OptionNames<CumsumOptions> = {
  exclusive: true,
  reverse: true,
};

/** The sum of the elements of an axis up to each of them. */
export function cumsum(x: Value, axis: number, options: CumsumOptions = {}): Value {
  checkOptions(x, options, cumsumOptionNames, "CumSum");
  const { exclusive = false, reverse = false } = options;
  const at = normalizeAxis(x, axis, "CumSum");
  return x.graph.node({
    op: "CumSum",
    inputs: [x, x.graph.constant(at, "int64")],
    attributes: { exclusive: { int: exclusive ? 1 : 0 }, reverse: { int: reverse ? 1 : 0 } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => [dy && cumsum(dy, at, { exclusive, reverse: !reverse })],
  })[0];
}
