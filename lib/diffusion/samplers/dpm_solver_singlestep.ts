/**
 * The singlestep solver DPM-Solver++.
 *
 * @module
 */

import { assertSolver } from "./assert_solver.ts";
import { ArgumentError } from "../../argument_error.ts";
import type { Config } from "../../checkpoints/config.ts";
import { solverVisits } from "../level_visits.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import { noiseFromClean } from "../prediction.ts";
import { halfLogSnr } from "../schedule.ts";
import type { Sampler, SamplerStep } from "../types.ts";
import { type Term, weightedSum } from "../weighted_sum.ts";
import {
  type DpmSolverAlgorithm,
  dpmSolverAlgorithms,
  dpmSolverWeights,
  integratesNoise,
} from "./dpm_solver_weights.ts";
import { noisyEnd } from "./noisy_end.ts";
import type { SamplerRegistration } from "./registration.ts";

/** The options of {@linkcode dpmSolverSinglestep}. */
export interface DpmSolverSinglestepOptions {
  /** Which equation is solved, and in what; by default `dpmsolver++`. `sde-dpmsolver++` draws noise; `sde-dpmsolver` there is not. */
  readonly algorithm?: Exclude<DpmSolverAlgorithm, "sde-dpmsolver">;
  /** The order of the solver, by default 2; 1 is DDIM. */
  readonly order?: 1 | 2 | 3;
  /** How the slope enters: by the midpoint, the default, or integrated, with the curvature in a step of third order. */
  readonly solverType?: "midpoint" | "heun";
  /** Where the last step ends: at the clean image (`zero`, the default), or at the noise level of timestep 0 (`sigma_min`). */
  readonly finalSigmas?: "zero" | "sigma_min";
  /** Whether a run ends with steps of lower order: by default, and always where the number of steps is not a multiple of the order. */
  readonly lowerOrderFinal?: boolean;
}

const optionNames: OptionNames<DpmSolverSinglestepOptions> = {
  algorithm: true,
  order: true,
  solverType: true,
  finalSigmas: true,
  lowerOrderFinal: true,
};

/**
 * DPM-Solver++(2S) and (3S) (Lu et al. 2022, "DPM-Solver++", algorithm 1; "DPM-Solver", algorithms 4 and 5): steps in groups, each of
 * which restarts with one of first order, goes from there back to the group's start for one of second order, and so on. An evaluation
 * a step: a step of the paper's algorithm of second order is two of these.
 *
 * @param options The equation, the order, the kind of a step, and how a run ends.
 * @throws {ArgumentError} if an option is unknown; the sampler, if `finalSigmas` is `sigma_min` in a continuous schedule.
 */
export function dpmSolverSinglestep(options: DpmSolverSinglestepOptions = {}): Sampler {
  assertOptions(options, optionNames);
  const { algorithm = "dpmsolver++", order = 2, solverType = "midpoint", finalSigmas = "zero" } = options;
  if (!dpmSolverAlgorithms.includes(algorithm) || algorithm as string === "sde-dpmsolver") {
    throw new ArgumentError("algorithm", algorithm, "dpmsolver++, dpmsolver or sde-dpmsolver++");
  }
  assertSolver({ order, solverType, finalSigmas });
  return (step, schedule, noise) => {
    const { tNext, index, count, history } = step;
    const end = finalSigmas === "zero"
      ? tNext
      : noisyEnd(schedule, tNext, ["finalSigmas", finalSigmas, "zero"]);
    const lambda = (at: number) => halfLogSnr(schedule, at);
    const estimate = ({ x, x0, t }: Pick<SamplerStep, "x" | "x0" | "t">) =>
      integratesNoise(algorithm) ? noiseFromClean(x, x0, t, schedule) : x0;
    const own = Math.min(orderAt(index, count, options), history.length + 1);
    // The steps of the group, from its start to this one.
    const latest = [...history, step].slice(-own);
    // A group that begins without any signal has no slope: this step restarts.
    const group = lambda(latest[0].t) === -Infinity ? [step] : latest;
    const [start] = group;
    const weights = dpmSolverWeights(algorithm, schedule, start.t, end);
    const { h, onX, value, slope, curvature } = weights;
    if (h === 0) return start.x;
    const added: Term[] = weights.noise > 0 ? [[weights.noise, noise(step.x.shape)]] : [];
    /** The position of another step of the group within this one. */
    const share = (at: number) => (lambda(at) - lambda(start.t)) / h;
    const images = group.map(estimate);
    switch (group.length) {
      case 1:
        return weightedSum([onX, start.x], [value, images[0]], ...added);
      case 2: {
        const onSlope = (solverType === "midpoint" ? value / 2 : slope) / share(step.t);
        return weightedSum([onX, start.x], [value - onSlope, images[0]], [onSlope, images[1]], ...added);
      }
      default: {
        const [r1, r0] = [share(group[1].t), share(step.t)];
        // The slopes from the start, to the middle (d0) and to this step (d1); D1 = (r0 d0 - r1 d1) / (r0 - r1) and
        // D2 = 2 (d1 - d0) / (r0 - r1).
        const [onD0, onD1] = solverType === "midpoint" ? [0, slope / r0] : [
          (slope * r0 - 2 * curvature) / (r0 - r1) / r1,
          (2 * curvature - slope * r1) / (r0 - r1) / r0,
        ];
        return weightedSum(
          [onX, start.x],
          [value - onD0 - onD1, images[0]],
          [onD0, images[1]],
          [onD1, images[2]],
          ...added,
        );
      }
    }
  };
}

/** The order of a step: 1, 2, ... in turns, at the end of a run lower. */
function orderAt(index: number, count: number, options: DpmSolverSinglestepOptions): number {
  const { order = 2, finalSigmas = "zero", lowerOrderFinal = true } = options;
  if (index === count - 1 && finalSigmas === "zero") return 1;
  const turn = index % order + 1;
  if (!lowerOrderFinal && count % order === 0 && finalSigmas !== "zero") return turn;
  // The last group is cut so that the last step is of first order.
  if (order === 3 && count % 3 === 0 && index >= count - 3) return [1, 2, 1][index - count + 3];
  if (order === 2 && count % 2 === 0 && index >= count - 2) return 1;
  return turn;
}

/** What the singlestep solver alone reads of a configuration. */
export type SinglestepKeys = Partial<DpmSolverSinglestepOptions>;

function readSinglestepKeys(config: Config): SinglestepKeys {
  const algorithm = config.choice(
    "algorithm_type",
    ["dpmsolver++", "dpmsolver", "sde-dpmsolver++", "deis"],
    "dpmsolver++",
  );
  const finalSigmas = config.choice("final_sigmas_type", ["zero", "sigma_min"], "zero");
  if (algorithm === "dpmsolver" && finalSigmas === "zero") {
    config.has("final_sigmas_type")
      ? config.fail("final_sigmas_type", "sigma_min, with this algorithm_type,")
      : config.fail("algorithm_type", "one for the final_sigmas_type zero");
  }
  const type = config.choice("solver_type", ["midpoint", "heun", "logrho", "bh1", "bh2"], "midpoint");
  return {
    ...(config.has("algorithm_type") && algorithm !== "deis" && { algorithm }),
    ...(config.has("solver_order") && { order: config.choice("solver_order", [1, 2, 3]) }),
    ...(type === "heun" && { solverType: type }),
    ...(config.has("final_sigmas_type") && { finalSigmas }),
    ...(config.has("lower_order_final") && { lowerOrderFinal: config.boolean("lower_order_final") }),
  };
}

/** {@linkcode dpmSolverSinglestep} by its name. */
export const dpmSolverSinglestepSampler: SamplerRegistration<
  "dpm-solver++2s",
  DpmSolverSinglestepOptions,
  SinglestepKeys
> = {
  name: "dpm-solver++2s",
  title: "DPM-Solver++ 2S",
  year: 2022,
  create: dpmSolverSinglestep,
  read: readSinglestepKeys,
  configure: (_settings, _run, own = {}) => ({ ...own, lowerOrderFinal: own.lowerOrderFinal ?? false }),
  spacings: ["karras", "exponential", "beta", "flow"],
  visits: (count, settings) =>
    solverVisits(count, settings, {
      spacings: ["karras", "exponential", "beta", "flow"],
      spacing: "linspace",
      rounds: "always",
    }),
};
