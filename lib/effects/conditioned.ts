/**
 * The simplest denoiser: one network under one condition.
 *
 * @module
 */

import type { Condition, Denoiser, Model } from "../diffusion/types.ts";

/**
 * A denoiser that returns the prediction of one network under one condition.
 *
 * @param model The network.
 * @param condition The condition, from the network's own `prepare`.
 *
 * @example
 * ```ts
 * import { openMnistModel } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("mnist-class");
 * const [condition] = await model.prepare([3]);
 * const denoiser = conditioned(model, condition);
 * ```
 */
export function conditioned(model: Model, condition: Condition): Denoiser {
  return (input, t) => ({
    queries: [{ model, input, t, condition }],
    answer: ([prediction]) => prediction,
  });
}
