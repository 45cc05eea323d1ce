/** Padding with zeros, with what lies at the edge, or with what is seen in a mirror there. */
import type { OptionNames } from "../../options.ts";
import type { Value } from "../graph.ts";
import { checkOptions, staticDim } from "../shapes.ts";
import { add } from "./elementwise.ts";
import { sum } from "./reduce.ts";
import { flip, pad as padWithZeros, slice } from "./shape.ts";

/** The ways to pad; NumPy's names. */
export type PadMode = "constant" | "reflect" | "edge";

/** Options of {@linkcode pad}. */
export interface PadOptions {
  /**
   * What lies beyond: a number (`"constant"`, the default), the values inwards from the edge without the edge itself (`"reflect"`),
   * or the edge's value (`"edge"`, PyTorch's "replicate").
   */
  readonly mode?: PadMode;
  /** The number of `"constant"`; defaults to 0. */
  readonly value?: number;
}

const padOptionNames: OptionNames<PadOptions> = {
  mode: true,
  value: true,
};

const modes: readonly PadMode[] = ["constant", "reflect", "edge"];

/**
 * Surrounds a value: `[before, after]` for each axis.
 *
 * @throws {GraphError} if there are not as many pairs as axes, an amount is not a whole number from 0, or by `"reflect"` not less than
 * the axis.
 */
export function pad(
  x: Value,
  amounts: readonly (readonly [number, number] | readonly number[])[],
  options: PadOptions = {},
): Value {
  checkOptions(x, options, padOptionNames, "Pad");
  const { mode = "constant", value = 0 } = options;
  if (!modes.includes(mode)) {
    x.graph.fail("Pad", `mode: ${mode} where one of ${modes.join(", ")} is expected`);
  }
  if (mode === "constant") return padWithZeros(x, amounts, value);
  if (value !== 0) x.graph.fail("Pad", `value: ${value} where none is expected beside mode ${mode}`);
  const pairs = amounts.map((pair) => [...pair]);
  const fits = pairs.length === x.rank &&
    pairs.every((pair) => pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0));
  if (!fits) x.graph.fail("Pad", `amounts: ${JSON.stringify(amounts)} do not fit [${x.shape}]`);
  return pairs.reduce((y, [before, after], axis) => padAxis(y, axis, before, after, mode), x);
}

/** Pads one axis by its own values. */
function padAxis(x: Value, axis: number, before: number, after: number, mode: "reflect" | "edge"): Value {
  if (before === 0 && after === 0) return x;
  const size = staticDim(x, axis, "Pad");
  const most = mode === "reflect" ? size - 1 : Infinity;
  if (Math.max(before, after) > most) {
    x.graph.fail(
      "Pad",
      `amounts: ${before}, ${after} where at most ${most} are expected on axis ${axis} of [${x.shape}]`,
    );
  }
  const list = (n: number) => x.shape.map((_, i) => i === axis ? n : 0);
  return x.graph.node({
    op: "Pad",
    inputs: [x, x.graph.constant([...list(before), ...list(after)], "int64")],
    attributes: { mode: { string: mode } },
    outputs: [{ dtype: x.dtype, shape: x.shape.map((dim, i) => i === axis ? size + before + after : dim) }],
    gradient: ([dy]) => {
      if (!dy) return [];
      const part = (start: number, length: number) => slice(dy, axis, { start, end: start + length });
      let total = part(before, size);
      if (before > 0) total = add(total, folded(part(0, before), axis, size, mode, "start"));
      if (after > 0) total = add(total, folded(part(before + size, after), axis, size, mode, "end"));
      return [total];
    },
  })[0];
}

/** What was beyond an end, brought back to where it was taken from, among zeros. */
function folded(
  beyond: Value,
  axis: number,
  size: number,
  mode: "reflect" | "edge",
  end: "start" | "end",
): Value {
  const back = mode === "reflect" ? flip(beyond, [axis]) : sum(beyond, { axes: [axis], keepDims: true });
  const edge = mode === "reflect" ? 1 : 0; // which the mirror leaves out
  const rest = size - edge - staticDim(back, axis, "Pad");
  const amounts = end === "start" ? [edge, rest] : [rest, edge];
  return padWithZeros(back, beyond.shape.map((_, i) => i === axis ? amounts : [0, 0]));
}
