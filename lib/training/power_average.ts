/**
 * Averages of weights whose length is a fraction of the training (Karras et al. 2024, "Analyzing and Improving the Training
 * Dynamics of Diffusion Models", section 3 and appendix C): their profile over the steps is a power of the step.
 *
 * A profile is named by its relative width, `sigmaRel`: its standard deviation over the length of the training. 0.05 is short,
 * 0.10 long.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";

/** The width of the flat profile, gamma 0: beyond it there is none. */
export const largestSigmaRel: number = 1 / Math.sqrt(12);

/**
 * The relative width of the profile of an exponent: `sqrt(gamma + 1) / ((gamma + 2) sqrt(gamma + 3))` (eq. 123).
 *
 * @param gamma The exponent, from 0.
 */
export function sigmaRelOf(gamma: number): number {
  return Math.sqrt(gamma + 1) / ((gamma + 2) * Math.sqrt(gamma + 3));
}

/**
 * The exponent of the profile of a relative width: the greatest root of
 * `gamma^3 + 7 gamma^2 + (16 - sigmaRel^-2) gamma + (12 - sigmaRel^-2)` (eq. 126 and algorithm 2).
 *
 * @param sigmaRel The relative width, above 0 and at most {@linkcode largestSigmaRel}.
 * @throws {ArgumentError} if it is out of that range.
 */
export function gammaOf(sigmaRel: number): number {
  // The smallest is that of an average over some 1e-4 of the training.
  if (!(sigmaRel >= 1e-4 && sigmaRel <= largestSigmaRel)) {
    throw new ArgumentError("sigmaRel", sigmaRel, `a number from 1e-4 to ${largestSigmaRel}`);
  }
  const s = sigmaRel ** -2;
  // From above the root Newton's steps go straight down to it: the cubic is convex there.
  let gamma = 1 / sigmaRel;
  for (let i = 0; i < 100; i++) {
    const value = ((gamma + 7) * gamma + 16 - s) * gamma + 12 - s;
    const slope = (3 * gamma + 14) * gamma + 16 - s;
    const next = gamma - value / slope;
    if (Math.abs(next - gamma) <= 1e-14 * Math.abs(gamma)) return next;
    gamma = next;
  }
  return gamma;
}

/**
 * How much of the average stays at a step: `(1 - 1/t)^(gamma + 1)` (eq. 127), which gives the profile of eq. 121. Nothing does at the first step: the
 * random weights of the start do not count.
 *
 * @param step The step, from 1.
 * @param gamma The exponent.
 */
export function powerAverageDecay(step: number, gamma: number): number {
  return (1 - 1 / step) ** (gamma + 1);
}

/**
 * Moves an average by a step, in place: `average = beta average + (1 - beta) value`.
 *
 * @param average The average.
 * @param value What it is of, after the step.
 * @param decay The step's {@linkcode powerAverageDecay}.
 */
export function updatePowerAverage(average: Float32Array, value: Float32Array, decay: number): void {
  const weight = 1 - decay;
  for (let i = 0; i < average.length; i++) average[i] += weight * (value[i] - average[i]);
}
