/**
 * The weights of a step of DPM-Solver, in its variants.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import { alpha, alphaBar, halfLogSnr, type NoiseSchedule, noiseVariance, sigma } from "../schedule.ts";

/**
 * Which equation is solved, by the names of diffusers: the probability flow in the clean image (`dpmsolver++`, Lu et al. 2022,
 * "DPM-Solver++") or in the noise (`dpmsolver`, Lu et al. 2022, "DPM-Solver"), or the reverse stochastic equation in either.
 */
export type DpmSolverAlgorithm = "dpmsolver++" | "dpmsolver" | "sde-dpmsolver++" | "sde-dpmsolver";

/** The algorithms, each by its name. */
export const dpmSolverAlgorithms: readonly DpmSolverAlgorithm[] = [
  "dpmsolver++",
  "dpmsolver",
  "sde-dpmsolver++",
  "sde-dpmsolver",
];

/**
 * A step is `onX x + value D0 + slope D1 + curvature D2 + noise z`, with `D0` the estimate (the clean image, or the noise) and `D1` and
 * `D2` its derivatives in units of `h = lambda(end) - lambda(start)`.
 */
export interface DpmSolverWeights {
  /** The length of the step in the half log-SNR; infinite on the way to the clean image. */
  readonly h: number;
  /** How much of the images stays. */
  readonly onX: number;
  /** How much of the estimate enters. */
  readonly value: number;
  /** How much of its slope enters, exactly integrated; the midpoint rule has half of {@linkcode DpmSolverWeights.value}. */
  readonly slope: number;
  /** How much of its curvature enters. */
  readonly curvature: number;
  /** The standard deviation of the noise; 0 for the probability flow. */
  readonly noise: number;
}

/**
 * The weights of a step from timestep `t` to `end`: with `g = exp(-h) - 1`, of the probability flow
 *
 * ```text
 * dpmsolver++   onX = sigma' / sigma, value = -alpha' g, slope = alpha' (g / h + 1), curvature = -alpha' ((g + h) / h^2 - 1/2)
 * dpmsolver     the same with alpha and sigma exchanged and -h in the place of h
 * ```
 *
 * and of the stochastic equation (Lu et al. 2022, "DPM-Solver++", section 5 and appendix B)
 *
 * ```text
 * sde-dpmsolver++  onX = sigma' / sigma exp(-h), 2 h in the place of h, noise = sigma' sqrt(1 - exp(-2 h))
 * sde-dpmsolver    onX = alpha' / alpha, twice the weights of dpmsolver, noise = sigma' sqrt(exp(2 h) - 1)
 * ```
 *
 * The curvature of `sde-dpmsolver++` has -1/2 where the expansion gives +1/2: that of diffusers, whose images these are.
 *
 * @throws {ArgumentError} if the noise is what is integrated, and the step ends at the clean image.
 */
export function dpmSolverWeights(
  algorithm: DpmSolverAlgorithm,
  schedule: NoiseSchedule,
  t: number,
  end: number,
): DpmSolverWeights {
  const h = halfLogSnr(schedule, end) - halfLogSnr(schedule, t);
  const decay = Math.expm1(-h); // -1 on the way to the clean image, where h is infinite
  const signal = alpha(schedule, end);
  switch (algorithm) {
    case "dpmsolver++":
      return {
        h,
        onX: Math.sqrt(noiseVariance(schedule, end) / noiseVariance(schedule, t)),
        value: -signal * decay,
        slope: signal * (decay / h + 1),
        curvature: -signal * ((decay + h) / (h * h) - 0.5),
        noise: 0,
      };
    case "sde-dpmsolver++": {
      const twice = Math.expm1(-2 * h);
      return {
        h,
        onX: Math.sqrt(noiseVariance(schedule, end) / noiseVariance(schedule, t)) * Math.exp(-h),
        value: -signal * twice,
        slope: signal * (twice / (2 * h) + 1),
        curvature: -signal * ((twice + 2 * h) / (4 * h * h) + 0.5),
        noise: sigma(schedule, end) * Math.sqrt(-twice),
      };
    }
    default: {
      if (h === Infinity) {
        throw new ArgumentError("finalSigmas", "zero", "sigma_min", {
          note: `with the algorithm ${algorithm}`,
        });
      }
      const times = algorithm === "dpmsolver" ? 1 : 2;
      const growth = Math.expm1(h);
      const spread = -times * sigma(schedule, end);
      return {
        h,
        onX: Math.sqrt(alphaBar(schedule, end) / alphaBar(schedule, t)),
        value: spread * growth,
        slope: spread * (growth / h - 1),
        curvature: spread * ((growth - h) / (h * h) - 0.5),
        noise: times === 1 ? 0 : sigma(schedule, end) * Math.sqrt(Math.expm1(2 * h)),
      };
    }
  }
}

/** Whether an algorithm integrates the noise in the place of the clean image. */
export function integratesNoise(algorithm: DpmSolverAlgorithm): boolean {
  return !algorithm.endsWith("++");
}
