/**
 * The diffusion exponential integrator sampler.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import type { Config } from "../../checkpoints/config.ts";
import { solverVisits } from "../level_visits.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import { noiseFromClean } from "../prediction.ts";
import { alpha, cleanTimestep, isDiscrete, type NoiseSchedule, sigma } from "../schedule.ts";
import type { Sampler, SamplerStep } from "../types.ts";
import { type Term, weightedSum } from "../weighted_sum.ts";
import type { SamplerRegistration } from "./registration.ts";

/** Runs of fewer steps end with steps of lower order. */
const FEW_STEPS = 15;

/** The options of {@linkcode deis}. */
export interface DeisOptions {
  /** How many noise estimates a step uses, its own and those before: by default 2. */
  readonly order?: 1 | 2 | 3;
  /** Whether a run of less than 15 steps ends with one of second and one of first order; by default it does. */
  readonly lowerOrderFinal?: boolean;
  /** Where the last step ends: at the noise level of timestep 0 (the default), or where it begins, as diffusers has it for spaced levels. */
  readonly end?: "first-timestep" | "last-level";
}

const deisOptionNames: OptionNames<DeisOptions> = { order: true, lowerOrderFinal: true, end: true };

/**
 * DEIS (Zhang & Chen 2023, "Fast Sampling of Diffusion Models with Exponential Integrator"), log-rho multistep: with `rho = sigma / alpha`,
 * the polynomial in `log rho` through the latest noise estimates is integrated over the step (eq. 14 and 15),
 *
 * ```text
 * x' = alpha' (x / alpha + sum_k n_k integral from rho to rho' of prod_(j != k) (log r - log rho_j) / (log rho_k - log rho_j) dr)
 * ```
 *
 * The last step ends at the noise level of timestep 0, not at the clean image, of which the logarithm has none. Draws no noise.
 *
 * @param options The order, and how a run ends.
 * @throws {ArgumentError} if an option is unknown; the sampler, at a timestep that leaves no signal.
 */
export function deis(options: DeisOptions = {}): Sampler {
  assertOptions(options, deisOptionNames);
  const { order = 2, lowerOrderFinal = true, end = "first-timestep" } = options;
  if (![1, 2, 3].includes(order)) throw new ArgumentError("order", order, "1, 2 or 3");
  return (step, schedule) => {
    const { x, t, tNext, index, count, history } = step;
    const left = count - 1 - index;
    const final = lowerOrderFinal && count < FEW_STEPS ? left + 1 : order;
    const known = [step, ...history.toReversed()].slice(0, Math.min(order, final));
    let target = tNext;
    if (tNext === cleanTimestep(schedule)) {
      if (end === "last-level" || !isDiscrete(schedule)) return x;
      target = 0;
    }
    const [from, to] = [rho(schedule, t), rho(schedule, target)];
    if (from === to) return x;
    const nodes = known.map((each) => Math.log(rho(schedule, each.t)));
    const signal = alpha(schedule, target);
    const terms = known.map((each, k): Term => {
      const integral = integralOf(nodes, k, to) - integralOf(nodes, k, from);
      return [signal * integral, noiseOf(each, schedule)];
    });
    return weightedSum([signal / alpha(schedule, t), x], ...terms);
  };
}

function rho(schedule: NoiseSchedule, t: number): number {
  const signal = alpha(schedule, t);
  if (signal === 0) throw new ArgumentError("t", t, "a timestep with some signal");
  return sigma(schedule, t) / signal;
}

function noiseOf({ x, x0, t }: Pick<SamplerStep, "x" | "x0" | "t">, schedule: NoiseSchedule) {
  return noiseFromClean(x, x0, t, schedule);
}

/** The integral, up to a constant, of the polynomial in `log r` that is 1 at node `k` and 0 at the others. */
function integralOf(nodes: readonly number[], k: number, r: number): number {
  const log = Math.log(r);
  const others = nodes.filter((_, j) => j !== k);
  const scale = others.reduce((product, node) => product * (nodes[k] - node), 1);
  switch (others.length) {
    case 0:
      return r;
    case 1:
      return r * (log - 1 - others[0]) / scale;
    default: {
      const [c, d] = others;
      return r * (log * log - (2 + c + d) * log + 2 + c + d + c * d) / scale;
    }
  }
}

/** What DEIS alone reads of a configuration. */
export type DeisKeys = Pick<DeisOptions, "order" | "lowerOrderFinal">;

function readDeisKeys(config: Config): DeisKeys {
  config.choice("algorithm_type", ["deis", "dpmsolver", "dpmsolver++"], "deis");
  config.choice("solver_type", ["logrho", "midpoint", "heun", "bh1", "bh2"], "logrho");
  return {
    ...(config.has("solver_order") && { order: config.choice("solver_order", [1, 2, 3]) }),
    ...(config.has("lower_order_final") && { lowerOrderFinal: config.boolean("lower_order_final") }),
  };
}

/** {@linkcode deis} by its name. */
export const deisSampler: SamplerRegistration<"deis", DeisOptions, DeisKeys> = {
  name: "deis",
  title: "DEIS",
  year: 2022,
  create: deis,
  read: readDeisKeys,
  configure: ({ levels }, _run, own) => ({
    ...own,
    ...(levels?.spacings.some((spacing) => spacing !== "lu") && { end: "last-level" as const }),
  }),
  spacings: ["karras", "exponential", "beta", "flow"],
  visits: (count, settings) =>
    solverVisits(count, settings, { spacings: ["karras", "exponential", "beta", "flow"], rounds: "always" }),
};
