/**
 * Joining plans.
 *
 * @module
 */

import type { Plan, Prediction } from "./types.ts";

/**
 * Joins several plans into one: it has the queries of all, in order, hands each plan its own results, and combines their
 * predictions. Every effect is a join and a way to combine; nothing else counts queries.
 *
 * @param plans The plans.
 * @param combine Combines their predictions, in the order of the plans, into one.
 *
 * @example
 * The mean of two denoisers' noise estimates.
 * ```ts
 * import { type Denoiser } from "@denoise/denoise";
 * import { combine } from "@denoise/denoise/tensors";
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
