/**
 * DPM-Solver++ of third order, and of the stochastic equation, by names of their own.
 *
 * @module
 */

import { type DpmSolverOptions, dpmSolverPlusPlus2M, dpmSolverSampler } from "./dpm_solver.ts";
import type { DpmSolverAlgorithm } from "./dpm_solver_weights.ts";
import type { SamplerRegistration } from "./registration.ts";

/** {@linkcode dpmSolverPlusPlus2M} of third order. */
export const dpmSolver3MSampler: SamplerRegistration<"dpm-solver++3m", DpmSolverOptions> = variant(
  "dpm-solver++3m",
  "DPM-Solver++ 3M",
  "dpmsolver++",
  3,
);

/** {@linkcode dpmSolverPlusPlus2M} of the stochastic equation, second order. */
export const dpmSolver2MSdeSampler: SamplerRegistration<"dpm-solver++2m-sde", DpmSolverOptions> = variant(
  "dpm-solver++2m-sde",
  "DPM-Solver++ 2M SDE",
  "sde-dpmsolver++",
  2,
);

/** {@linkcode dpmSolverPlusPlus2M} of the stochastic equation, third order. */
export const dpmSolver3MSdeSampler: SamplerRegistration<"dpm-solver++3m-sde", DpmSolverOptions> = variant(
  "dpm-solver++3m-sde",
  "DPM-Solver++ 3M SDE",
  "sde-dpmsolver++",
  3,
);

/** The multistep solver with an algorithm and an order, whatever the scheduler's configuration says of these. */
function variant<Name extends string>(
  name: Name,
  title: string,
  algorithm: DpmSolverAlgorithm,
  order: 2 | 3,
): SamplerRegistration<Name, DpmSolverOptions> {
  const fixed = { algorithm, order };
  return {
    ...dpmSolverSampler,
    name,
    title,
    create: (options) => dpmSolverPlusPlus2M({ ...options, ...fixed }),
    configure: (settings, run, own) => ({ ...dpmSolverSampler.configure!(settings, run, own), ...fixed }),
  };
}
