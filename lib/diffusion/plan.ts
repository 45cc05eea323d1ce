/**
 * Plans put together.
 *
 * @module
 */

import type { Plan, Prediction } from "./types.ts";

/**
 * One plan for several: it has the queries of all, in their order, hands each the results of its own, and combines their
 * predictions. Every effect is this and a way to combine; nothing else counts queries.
 *
 * @param plans The plans.
 * @param combine Combines their predictions, in the order of the plans, into one.
 *
 * @example
 * The mean of two denoisers' noise estimates.
 * ```ts
 * import { combine, type Denoiser } from "@denoise/denoise";
 *
 * const mean = (a: Denoiser, b: Denoiser): Denoiser => (input, t) =>
 *   join([a(input, t), b(input, t)], ([one, two]) => ({ noise: combine(0.5, one.noise, 0.5, two.noise) }));
 * ```
 */
export function join(
  plans: readonly Plan[],
  combine: (predictions: readonly Prediction[]) => Prediction,
): Plan {
  return {
    queries: plans.flatMap(({ queries }) => queries),
    answer(predictions) {
      let end = 0;
      return combine(plans.map(({ queries, answer }) => {
        return answer(predictions.slice(end, end += queries.length));
      }));
    },
  };
}
