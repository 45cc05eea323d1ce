/**
 * The samplers' files: a line for each, which exports its functions and registers it.
 *
 * @module
 */

export * from "./ddim.ts";
export * from "./ddpm.ts";
export * from "./dpm_solver.ts";
export * from "./heun.ts";
