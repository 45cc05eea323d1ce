/** How the learning rate goes over a run. */

/** Half a cosine down to zero, or warm-up, a flat rate and a decay at the end, so that a run can always be made longer. */
export type LearningRateSchedule = "cosine" | "warmup-stable-decay";

/** Steps of the warm-up. */
const WARMUP = 200;

/** The share of a run's steps over which the rate decays. */
const DECAY = 0.2;

/** The learning rate of a step, from 0: half a cosine from the given rate to zero (Loshchilov and Hutter 2017, eq. 5). */
export function cosineRate(rate: number, step: number, steps: number): number {
  return rate * 0.5 * (1 + Math.cos(Math.PI * step / steps));
}

/** The step at which the decay of {@linkcode warmupStableDecayRate} begins. */
export function decayStart(steps: number): number {
  return Math.round((1 - DECAY) * steps);
}

/**
 * The learning rate of a step, from 0: a linear warm-up over 200 steps, then flat, and over the last fifth of the steps
 * `1 - sqrt` down to zero (Hägele et al. 2024, "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations",
 * section 3). Up to the decay it does not depend on how long the run is.
 */
export function warmupStableDecayRate(rate: number, step: number, steps: number): number {
  const start = decayStart(steps);
  const warm = Math.min(1, (step + 1) / WARMUP);
  if (step < start) return rate * warm;
  return rate * warm * (1 - Math.sqrt((step - start) / (steps - start)));
}

/** The rates of a schedule. */
export const learningRates: Readonly<
  Record<LearningRateSchedule, (rate: number, step: number, steps: number) => number>
> = { "cosine": cosineRate, "warmup-stable-decay": warmupStableDecayRate };
