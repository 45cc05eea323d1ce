import type { Config } from "../checkpoints/config.ts";

/** The settings of DPM-Solver in a configuration. */
export interface DpmSolverSettings {
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

/** Spacings that replace the schedule's timesteps by custom noise levels. */
const SPACINGS = [
  "use_karras_sigmas",
  "use_exponential_sigmas",
  "use_beta_sigmas",
  "use_lu_lambdas",
  "use_flow_sigmas",
] as const;

/**
 * Reads what DPM-Solver++ needs of a scheduler's configuration. Keys that are absent have the defaults that diffusers gives
 * them.
 *
 * @throws {CheckpointError} if a key asks for another algorithm, or for noise levels that are not the schedule's.
 */
export function readDpmSolverSettings(config: Config): DpmSolverSettings {
  for (const key of SPACINGS) if (config.boolean(key, false)) config.fail(key, "false");
  // Diffusers takes the names of other solvers for these.
  config.choice("algorithm_type", ["dpmsolver++", "deis"], "dpmsolver++");
  const type = config.choice("solver_type", ["midpoint", "heun", "logrho", "bh1", "bh2"], "midpoint");
  return {
    order: config.choice("solver_order", [1, 2, 3], 2),
    solverType: type === "heun" ? "heun" : "midpoint",
    finalSigmas: config.choice("final_sigmas_type", ["zero", "sigma_min"], "zero"),
    eulerAtFinal: config.boolean("euler_at_final", false),
    lowerOrderFinal: config.boolean("lower_order_final", true),
  };
}
