/** Bounds. */
import type { OptionNames } from "../../options.ts";
import type { Value } from "../graph.ts";
import { checkOptions } from "../shapes.ts";
import { where } from "./elementwise.ts";
import { greaterOrEqual, lessOrEqual, logicalAnd } from "./logic.ts";

/** The bounds of {@linkcode clamp}, of which one may be left out. */
export interface ClampOptions {
  /** The smallest value. */
  readonly min?: number;
  /** The largest value. */
  readonly max?: number;
}

const clampOptionNames: OptionNames<ClampOptions> = {
  min: true,
  max: true,
};

/**
 * Values within bounds: those below the smallest become it, those above the largest that. The gradient goes through where nothing was
 * changed, as in PyTorch.
 *
 * @throws {GraphError} if neither bound is given, or they cross.
 */
export function clamp(x: Value, bounds: ClampOptions): Value {
  checkOptions(x, bounds, clampOptionNames, "Clip");
  const { min, max } = bounds;
  const known = [min, max].filter((bound) => bound !== undefined);
  if (known.length === 0 || !(known[0] <= known[known.length - 1])) {
    x.graph.fail("Clip", `min, max: ${min}, ${max} where at least one number is expected, in order`);
  }
  const constant = (bound: number | undefined) =>
    bound === undefined ? undefined : x.graph.constant(bound, x.dtype);
  return x.graph.node({
    op: "Clip",
    inputs: max === undefined ? [x, constant(min)] : [x, constant(min), constant(max)],
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => {
      if (!dy) return [];
      const inside = [
        ...(min === undefined ? [] : [greaterOrEqual(x, min)]),
        ...(max === undefined ? [] : [lessOrEqual(x, max)]),
      ].reduce((a, b) => logicalAnd(a, b));
      return [where(inside, dy, dy.graph.constant(0, dy.dtype))];
    },
  })[0];
}
