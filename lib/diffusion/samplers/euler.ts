/**
 * Euler's method for the probability flow.
 *
 * @module
 */

import { COMMON_SPACINGS, sigmaVisits } from "../level_visits.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import type { Sampler } from "../types.ts";
import { ddim } from "./ddim.ts";
import type { SamplerRegistration } from "./registration.ts";

/** The options of {@linkcode euler}. */
export interface EulerOptions {
  /** Where the last step ends: at the clean image (`zero`, the default), or at the noise level of timestep 0 (`sigma_min`). */
  readonly finalSigmas?: "zero" | "sigma_min";
}

const eulerOptionNames: OptionNames<EulerOptions> = { finalSigmas: true };

/**
 * Euler's method (Karras et al. 2022, algorithm 1 without the correction and without churn): a straight step along the noise
 * estimate, in `y = x / alpha` and `s = sigma / alpha`,
 *
 * ```text
 * y' = y + (s' - s) (y - x0) / s
 * ```
 *
 * That is the step of DDIM without noise, which this is; they differ in the noise levels they visit, between the
 * timesteps where the scheduler's configuration asks for it. Draws no noise.
 *
 * @param options Where the last step ends.
 * @throws {ArgumentError} if an option is unknown; the sampler, if `finalSigmas` is `sigma_min` in a continuous schedule.
 */
export function euler(options: EulerOptions = {}): Sampler {
  assertOptions(options, eulerOptionNames);
  return ddim({ setAlphaToOne: (options.finalSigmas ?? "zero") === "zero" });
}

/** What Euler alone reads of a configuration. */
export interface EulerKeys {
  /** Where the last step ends: `final_sigmas_type`. */
  readonly finalSigmas: "zero" | "sigma_min";
  /** Whether levels are even in their logarithm: `interpolation_type`. */
  readonly logLinear: boolean;
}

/** {@linkcode euler} by its name. */
export const eulerSampler: SamplerRegistration<"euler", EulerOptions, Partial<EulerKeys>> = {
  name: "euler",
  title: "Euler",
  year: 2022,
  create: euler,
  read: (config) => {
    const continuous = config.has("timestep_type") &&
      config.choice("timestep_type", ["discrete", "continuous"]) === "continuous";
    if (continuous && config.values["prediction_type"] === "v_prediction") {
      config.fail("timestep_type", "discrete");
    }
    return {
      ...(config.has("final_sigmas_type") &&
        { finalSigmas: config.choice("final_sigmas_type", ["zero", "sigma_min"]) }),
      ...(config.has("interpolation_type") &&
        { logLinear: config.choice("interpolation_type", ["linear", "log_linear"]) === "log_linear" }),
    };
  },
  configure: (_settings, _run, { finalSigmas, logLinear } = {}) => {
    // Levels even in their logarithm are one more than there are steps, and the last of them is that of timestep 0.
    return { finalSigmas: logLinear ? "sigma_min" : finalSigmas };
  },
  spacings: COMMON_SPACINGS,
  visits: (count, settings, { logLinear } = {}) => sigmaVisits(count, settings, { logLinear }),
  startsAtLevel: true,
};
