import type { Config } from "../checkpoints/config.ts";
import { readScheduler, type SchedulerSettings } from "../diffusion/scheduler_config.ts";

/**
 * Reads the configuration of a pixel network's scheduler.
 *
 * @param file The configuration.
 * @param hasVariance Whether the network estimates a variance.
 * @throws {CheckpointError} if it cannot be read, or asks for a variance that the network has not.
 */
export function fittingScheduler(file: Config, hasVariance: boolean): SchedulerSettings {
  const scheduler = readScheduler(file);
  if (scheduler.levels?.spacings.includes("flow")) file.fail("use_flow_sigmas", "false, of a pixel model,");
  if (!scheduler.variance.startsWith("learned") || hasVariance) return scheduler;
  // Other samplers have no use for a variance.
  const expected = "fixed_small or fixed_large, for a network without a variance,";
  if (scheduler.sampler === "ddpm") file.fail("variance_type", expected);
  return {
    ...scheduler,
    variance: "fixed_small",
    refusals: { ...scheduler.refusals, ddpm: file.problem("variance_type", expected) },
  };
}
