import type { Config } from "../checkpoints/config.ts";
import { type DpmSolverAlgorithm, integratesNoise } from "./samplers/dpm_solver_weights.ts";

/** The settings of DPM-Solver in a configuration. */
export interface DpmSolverSettings {
  /** Which equation is solved, and in what: `algorithm_type`; defaults to `dpmsolver++`. */
  readonly algorithm?: DpmSolverAlgorithm;
  /** The order of a step: `solver_order`. */
  readonly order: 1 | 2 | 3;
  /** How the slope of the clean image enters a step of second order: `solver_type`. */
  readonly solverType: "midpoint" | "heun";
  /** Where the last step ends: at the clean image, or at the schedule's first noise level. `final_sigmas_type`. */
  readonly finalSigmas: "zero" | "sigma_min";
  /** Whether the last step is of first order: `euler_at_final`. */
  readonly eulerAtFinal: boolean;
  /** Whether a run of less than 15 steps ends with a step of second and one of first order: `lower_order_final`. */
  readonly lowerOrderFinal: boolean;
}

/**
 * Reads what DPM-Solver++ needs of a scheduler's configuration. Keys that are absent have the defaults that diffusers gives
 * them.
 *
 * @throws {CheckpointError} if a key asks for another algorithm, or for one that does not end at the clean image to end there.
 */
export function readDpmSolverSettings(config: Config): DpmSolverSettings {
  // Diffusers takes the names of other solvers for these.
  const named = config.choice(
    "algorithm_type",
    ["dpmsolver++", "dpmsolver", "sde-dpmsolver++", "sde-dpmsolver", "deis"],
    "dpmsolver++",
  );
  const algorithm = named === "deis" ? "dpmsolver++" : named;
  const type = config.choice("solver_type", ["midpoint", "heun", "logrho", "bh1", "bh2"], "midpoint");
  const order = config.choice("solver_order", [1, 2, 3], 2);
  if (algorithm === "sde-dpmsolver" && order === 3) config.fail("solver_order", "1 or 2 with sde-dpmsolver");
  const finalSigmas = config.choice("final_sigmas_type", ["zero", "sigma_min"], "zero");
  if (integratesNoise(algorithm) && finalSigmas === "zero") {
    config.fail("algorithm_type", "dpmsolver++ or sde-dpmsolver++ with the final_sigmas_type zero");
  }
  return {
    ...(algorithm !== "dpmsolver++" && { algorithm }),
    order,
    solverType: type === "heun" ? "heun" : "midpoint",
    finalSigmas,
    eulerAtFinal: config.boolean("euler_at_final", false),
    lowerOrderFinal: config.boolean("lower_order_final", true),
  };
}
