/**
 * Schedulers of EDM, as diffusers writes their configurations.
 *
 * @module
 */

import type { Config } from "../checkpoints/config.ts";
import { CheckpointError } from "../checkpoints/error.ts";
import { assertOptions } from "../options.ts";
import { readDpmSolverSettings } from "./dpm_solver_config.ts";
import { edmPreconditioning } from "./edm_preconditioning.ts";
import { spacedLevels } from "./noise_levels.ts";
import { dpmSolverPlusPlus2M, euler } from "./samplers/mod.ts";
import { cleanTimestep, type EdmSchedule, edmSchedule, karrasTimesteps } from "./schedule.ts";
import type { SchedulerRun, SchedulerRunOptions } from "./scheduler_run.ts";
import { dynamicThreshold, type Threshold } from "./threshold.ts";
import type { Sampler } from "./types.ts";

/** The classes, by what makes their sampler for so many steps. */
const CLASSES: Readonly<Record<string, (config: Config, steps: number) => Sampler>> = {
  EDMEulerScheduler: () => euler(),
  EDMDPMSolverMultistepScheduler: solver,
};

/** The largest noise level. */
const LARGEST = 1e6;

/** Runs of fewer steps end with steps of lower order. */
const FEW_STEPS = 15;

/**
 * A run of `EDMEulerScheduler` or `EDMDPMSolverMultistepScheduler`, as `set_timesteps(steps)` of diffusers has it: for networks that are
 * preconditioned as EDM's (Karras et al. 2022, section 5).
 *
 * @param config The configuration.
 * @param options The number of steps.
 * @throws {CheckpointError} if it is of another class, or a value is unknown, out of its range, or asks for what is not supported.
 * @throws {ArgumentError} if the number of steps is out of its range.
 *
 * @example
 * ```ts
 * import { Config } from "@denoise/denoise/checkpoints";
 *
 * const config = new Config("a.json", { _class_name: "EDMEulerScheduler", sigma_max: 80 });
 * const { timesteps, preconditioning } = edmRunFromConfig(config, { steps: 18 }); // 80, ..., 0.002
 * ```
 */
export function edmRunFromConfig(
  config: Config,
  options: Pick<SchedulerRunOptions, "steps">,
): SchedulerRun & Required<Pick<SchedulerRun, "preconditioning">> {
  assertOptions(options, { steps: true });
  const { steps } = options;
  const name = config.text("_class_name");
  if (!Object.hasOwn(CLASSES, name)) {
    throw new CheckpointError(config.problem("_class_name", `one of ${Object.keys(CLASSES).join(", ")}`));
  }
  const range = { min: 0, open: true, max: LARGEST };
  const sigmaMin = config.number("sigma_min", range, 0.002);
  const sigmaMax = config.number("sigma_max", { min: sigmaMin, open: true, max: LARGEST }, 80);
  const schedule = edmSchedule({ sigmaMin, sigmaMax });
  const timesteps = levels(config, schedule, steps);
  const sigmaData = config.number("sigma_data", range, 0.5);
  const flipped = config.choice("prediction_type", ["epsilon", "v_prediction"], "epsilon") === "v_prediction";
  const preconditioning = edmPreconditioning({ sigmaData, flipped });
  const ends = config.choice("final_sigmas_type", ["zero", "sigma_min"], "zero") === "zero";
  const sampler = CLASSES[name](config, steps);
  return {
    timesteps,
    conditioningTimesteps: new Map(timesteps.map((t) => [t, preconditioning.conditioning(t)])),
    schedule,
    sampler: ends ? sampler : withoutLast(sampler),
    threshold: name === "EDMEulerScheduler" ? undefined : thresholdFrom(config),
    startDeviation: Math.sqrt(sigmaMax ** 2 + 1),
    preconditioning,
  };
}

/** The noise levels that are visited. */
function levels(config: Config, schedule: EdmSchedule, steps: number): number[] {
  const rho = config.number("rho", { min: 1, max: LARGEST }, 7);
  const karras = karrasTimesteps(steps, schedule, rho);
  if (config.choice("sigma_schedule", ["karras", "exponential"], "karras") === "karras") return karras;
  const { sigmaMin, sigmaMax } = schedule;
  // Diffusers counts these from the other end.
  if (steps === 1) return [sigmaMin];
  const spaced = spacedLevels("exponential", sigmaMax, sigmaMin, steps);
  return [sigmaMax, ...spaced.slice(1, -1), sigmaMin];
}

/** Where a run ends at the least noise level, it is there before its last step. */
function withoutLast(sampler: Sampler): Sampler {
  return (step, schedule, noise) => {
    return step.tNext === cleanTimestep(schedule) ? Promise.resolve(step.x) : sampler(step, schedule, noise);
  };
}

function solver(config: Config, steps: number): Sampler {
  const named = config.choice("algorithm_type", ["dpmsolver++", "sde-dpmsolver++", "deis"], "dpmsolver++");
  const { order, solverType, lowerOrderFinal, eulerAtFinal } = readDpmSolverSettings(config);
  const algorithm = named === "deis" ? "dpmsolver++" : named;
  if (order === 3 && algorithm !== "dpmsolver++") config.fail("solver_order", `1 or 2 with ${algorithm}`);
  return dpmSolverPlusPlus2M({
    algorithm,
    order,
    solverType,
    eulerAtFinal,
    lowerOrderFinal: lowerOrderFinal && steps < FEW_STEPS,
  });
}

function thresholdFrom(config: Config): Threshold | undefined {
  if (!config.boolean("thresholding", false)) return undefined;
  const ratio = config.number("dynamic_thresholding_ratio", { max: 1 }, 0.995);
  if (!(ratio > 0)) config.fail("dynamic_thresholding_ratio", "a number in (0, 1]");
  return dynamicThreshold({ ratio, max: config.number("sample_max_value", { min: 1, max: LARGEST }, 1) });
}
