/**
 * The samplers' files: a line for each, which exports its functions and registers it.
 *
 * @module
 */

export * from "./ddim.ts";
export * from "./ddpm.ts";
export * from "./deis.ts";
export * from "./dpm2.ts";
export * from "./dpm2_ancestral.ts";
export * from "./dpm_sde.ts";
export * from "./dpm_solver.ts";
export * from "./dpm_solver_singlestep.ts";
export * from "./dpm_solver_variants.ts";
export * from "./euler.ts";
export * from "./euler_ancestral.ts";
export * from "./heun.ts";
export * from "./lcm.ts";
export * from "./lms.ts";
export * from "./multistep_consistency.ts";
export * from "./pndm.ts";
export * from "./tcd.ts";
export * from "./unipc.ts";
