import type { Value } from "../graph.ts";
import { markCheckpoint } from "../recompute.ts";

/**
 * Marks an activation that is kept for the gradient where others are computed again, as `activationCheckpointing` of a `Trainer` asks
 * for: what a block of a network passes on to the next one. It appends no node, and without that option it changes nothing.
 *
 * @param x The activation.
 * @returns The same value.
 */
export function checkpoint(x: Value): Value {
  markCheckpoint(x);
  return x;
}
