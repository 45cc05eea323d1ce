/**
 * How the learning rate goes over a run: functions of the step alone, so that a run which resumes has the same rates.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";

/** How a rate begins. */
export interface WarmupOptions {
  /** Steps over which the rate rises linearly to its height; defaults to 0. */
  readonly warmupSteps?: number;
}

/** The part of the rate that a step of the warm-up has; 1 after it. */
function warmth(step: number, warmupSteps: number): number {
  if (!(Number.isInteger(warmupSteps) && warmupSteps >= 0)) {
    throw new ArgumentError("warmupSteps", warmupSteps, "a whole number");
  }
  return step < warmupSteps ? (step + 1) / warmupSteps : 1;
}

/**
 * The rate of a step that is the same for all, after a warm-up where there is one (Goyal et al. 2017, "Accurate, Large Minibatch SGD",
 * section 2.2). It does not depend on the number of steps: a run can be made longer at any time.
 *
 * @param rate The rate.
 * @param step The step, from 0.
 * @param _steps Steps of the run; they do not matter.
 * @param options The length of the warm-up.
 * @throws {ArgumentError} if `warmupSteps` is not a whole number.
 */
export function constantRate(
  rate: number,
  step: number,
  _steps: number,
  { warmupSteps = 0 }: WarmupOptions = {},
): number {
  return rate * warmth(step, warmupSteps);
}

/**
 * The rate of a step by half a cosine, from the given rate to zero (Loshchilov and Hutter 2017, "SGDR", eq. 5); where there is a
 * warm-up, from its end on.
 *
 * @param rate The rate at the start.
 * @param step The step, from 0.
 * @param steps Steps of the run.
 * @param options The length of the warm-up.
 * @throws {ArgumentError} if `warmupSteps` is not a whole number.
 */
export function cosineRate(
  rate: number,
  step: number,
  steps: number,
  { warmupSteps = 0 }: WarmupOptions = {},
): number {
  const warm = warmth(step, warmupSteps);
  if (step < warmupSteps) return rate * warm;
  // A run that is all warm-up has no way left.
  if (warmupSteps > 0 && warmupSteps >= steps) return 0;
  return rate * 0.5 * (1 + Math.cos(Math.PI * (step - warmupSteps) / (steps - warmupSteps)));
}

/** The numbers of {@linkcode warmupStableDecayRate}. */
export interface WarmupStableDecayOptions {
  /** Steps of the warm-up; defaults to 200. */
  readonly warmupSteps?: number;
  /** The fraction of the run's steps over which the rate decays, above 0 and at most 1; defaults to 0.2. */
  readonly decayFraction?: number;
  /**
   * How it decays: by one minus the square root of the way, which is the default and did better, or linearly (Hägele et al.
   * 2024, section 4.1).
   */
  readonly decay?: "1-sqrt" | "linear";
}

/**
 * The rate of a step by warm-up, stable and decay phases (Hu et al. 2024, "MiniCPM", eq. 1; Hägele et al. 2024, "Scaling Laws
 * and Compute-Optimal Training Beyond Fixed Training Durations", eq. 1 and 2): a linear warm-up, a flat rate, and a decay to
 * zero. Before the decay the rate does not depend on the number of steps: a run can be made longer from any step up to there.
 *
 * @param rate The rate of the flat part.
 * @param step The step, from 0.
 * @param steps Steps of the run; at this one the rate is zero.
 * @param options The lengths of the phases, and the shape of the decay.
 * @throws {ArgumentError} if an option is out of its range.
 */
export function warmupStableDecayRate(
  rate: number,
  step: number,
  steps: number,
  options: WarmupStableDecayOptions = {},
): number {
  const { warmupSteps = 200, decay = "1-sqrt" } = options;
  const warm = warmth(step, warmupSteps);
  const start = decayStart(steps, options);
  if (step <= start) return rate * warm;
  const way = Math.min(1, (step - start) / (steps - start));
  return rate * warm * (1 - (decay === "linear" ? way : Math.sqrt(way)));
}

/**
 * The step, from 0, at which the decay of {@linkcode warmupStableDecayRate} begins: the last at the full rate.
 *
 * @throws {ArgumentError} if `decayFraction` is out of its range.
 */
export function decayStart(
  steps: number,
  { decayFraction = 0.2 }: Pick<WarmupStableDecayOptions, "decayFraction"> = {},
): number {
  if (!(decayFraction > 0 && decayFraction <= 1)) {
    throw new ArgumentError("decayFraction", decayFraction, "a number above 0 and up to 1");
  }
  return Math.round((1 - decayFraction) * steps);
}

/** The schedules by name. */
export const learningRateSchedules = {
  "constant": constantRate,
  "cosine": cosineRate,
  "warmup-stable-decay": warmupStableDecayRate,
} as const;

/** The name of a schedule. */
export type LearningRateSchedule = keyof typeof learningRateSchedules;
