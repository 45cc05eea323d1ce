/**
 * Discrete variance-preserving schedules: tables over the timesteps that a network was trained on.
 *
 * The tables are rounded as PyTorch rounds them, so that a checkpoint sees the noise levels it was trained on.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import { described } from "../../show_value.ts";

/**
 * A variance-preserving schedule of discrete timesteps `0 .. length - 1`; a larger one is noisier. Timestep -1 stands for
 * the clean image. Between two timesteps, at 1.5 for example, `log(sigma / alpha)` is interpolated. Plain data: it survives `structuredClone`.
 */
export interface DiscreteSchedule {
  /** The number of timesteps. */
  readonly length: number;
  /** The variance that each timestep adds, each in (0, 1); the last may be 1, see {@linkcode zeroTerminalSnrSchedule}. */
  readonly betas: Float32Array;
  /** The products of `1 - beta` up to each timestep: the part of the signal's variance that is left, at the last perhaps 0. */
  readonly alphasCumprod: Float32Array;
}

/**
 * The schedule of given betas.
 *
 * The products are accumulated in double precision over single-precision alphas and each is stored in single
 * precision, which is what PyTorch's `cumprod` does on a CPU, bit by bit.
 *
 * @param betas The variance that each timestep adds, each in (0, 1).
 * @throws {ArgumentError} if there are no betas, or one is outside of (0, 1), or they leave all or nothing of the signal
 * in single precision.
 */
export function customSchedule(betas: ArrayLike<number>): DiscreteSchedule {
  const rounded = Float32Array.from(betas);
  if (rounded.length === 0) throw new ArgumentError("betas", described("empty"), "at least one");
  let product = 1;
  const alphasCumprod = rounded.map((beta, t) => {
    if (!(beta > 0 && beta < 1)) {
      throw new ArgumentError(`betas[${t}]`, beta, "a number in (0, 1)");
    }
    product *= Math.fround(1 - beta);
    // With nothing but signal or nothing but noise, estimates would be divided by zero.
    if (product === 1 || Math.fround(product) === 0) {
      throw new ArgumentError(
        `betas[${t}]`,
        described(`${beta}, which leaves ${product} of the signal`),
        "one that leaves some of it and some noise",
      );
    }
    return product;
  });
  return { length: rounded.length, betas: rounded, alphasCumprod };
}

/**
 * The schedule of DDPM (Ho et al. 2020, section 4): betas that rise linearly.
 *
 * @param length The number of timesteps, at least 1.
 * @param betaStart The first beta, in (0, 1).
 * @param betaEnd The last beta, in (0, 1).
 * @throws {ArgumentError} if an argument is out of its range.
 */
export function linearSchedule(length = 1000, betaStart = 1e-4, betaEnd = 0.02): DiscreteSchedule {
  assertRange(length, betaStart, betaEnd);
  return customSchedule(linspace(betaStart, betaEnd, length));
}

/**
 * The schedule of latent diffusion (Rombach et al. 2022): betas whose square roots rise linearly.
 *
 * @param length The number of timesteps, at least 1.
 * @param betaStart The first beta, in (0, 1); by default Stable Diffusion's.
 * @param betaEnd The last beta, in (0, 1); by default Stable Diffusion's.
 * @throws {ArgumentError} if an argument is out of its range.
 */
export function scaledLinearSchedule(length = 1000, betaStart = 0.00085, betaEnd = 0.012): DiscreteSchedule {
  assertRange(length, betaStart, betaEnd);
  return customSchedule(
    linspace(Math.sqrt(betaStart), Math.sqrt(betaEnd), length).map((root) => root * root),
  );
}

/**
 * The cosine schedule (Nichol & Dhariwal 2021, eq. 17), `squaredcos_cap_v2` in diffusers: DeepFloyd IF's.
 *
 * @param length The number of timesteps, at least 1.
 * @param maxBeta The cap that keeps the last betas off 1, in (0, 1).
 * @throws {ArgumentError} if an argument is out of its range.
 */
export function cosineSchedule(length = 1000, maxBeta = 0.999): DiscreteSchedule {
  assertLength(length);
  assertBeta("maxBeta", maxBeta);
  const signal = (u: number) => Math.cos((u + 0.008) / 1.008 * Math.PI / 2) ** 2;
  return customSchedule(betasOfSignal(length, signal, maxBeta));
}

/**
 * The exponential schedule, `exp` in diffusers: the signal's variance falls as `exp(-12 u)`.
 *
 * @param length The number of timesteps, at least 1.
 * @throws {ArgumentError} if `length` is out of its range.
 */
export function exponentialSchedule(length = 1000): DiscreteSchedule {
  assertLength(length);
  return customSchedule(betasOfSignal(length, (u) => Math.exp(-12 * u), 0.999));
}

/**
 * The Laplace schedule (Hang et al. 2024, "Improved Noise Schedule for Diffusion Training"): noise levels are most dense
 * where signal and noise are equal. `laplace` in diffusers, which takes the square root of the signal's variance for it, as here.
 *
 * @param length The number of timesteps, at least 1.
 * @throws {ArgumentError} if `length` is out of its range.
 */
export function laplaceSchedule(length = 1000): DiscreteSchedule {
  assertLength(length);
  const signal = (u: number) => {
    // Python's copysign: 0.5 - 0.5 counts as positive.
    const logSnr = -0.5 * (u > 0.5 ? -1 : 1) * Math.log(1 - 2 * Math.abs(0.5 - u) + 1e-6);
    const snr = Math.exp(logSnr);
    return Math.sqrt(snr / (1 + snr));
  };
  return customSchedule(betasOfSignal(length, signal, 0.999));
}

/**
 * The sigmoid schedule, that of GeoDiff (Xu et al. 2022): betas along a sigmoid between -6 and 6.
 *
 * @param length The number of timesteps, at least 1.
 * @param betaStart The beta that the sigmoid begins at, in (0, 1).
 * @param betaEnd The beta that it ends at, in (0, 1).
 * @throws {ArgumentError} if an argument is out of its range.
 */
export function sigmoidSchedule(length = 1000, betaStart = 1e-4, betaEnd = 0.02): DiscreteSchedule {
  assertRange(length, betaStart, betaEnd);
  const round = Math.fround;
  return customSchedule(
    linspace(-6, 6, length).map((u) =>
      round(round(1 / (1 + Math.exp(-u))) * round(betaEnd - betaStart)) + round(betaStart)
    ),
  );
}

/**
 * A schedule moved so that nothing of the signal is left at its last timestep (Lin et al. 2024, algorithm 1):
 * `rescale_betas_zero_snr` of diffusers.
 *
 * @param schedule The schedule.
 * @param last What is left of the signal's variance at the last timestep, in [0, 1): 0 as in the paper, where noise estimates
 * say nothing of the image. The solvers of diffusers have 2^-24 in its place.
 * @throws {ArgumentError} if the schedule has less than two timesteps.
 */
export function zeroTerminalSnrSchedule(schedule: DiscreteSchedule, last = 0): DiscreteSchedule {
  const { length } = schedule;
  if (length < 2) throw new ArgumentError("schedule.length", length, "at least 2");
  if (!(last >= 0 && last < 1)) throw new ArgumentError("last", last, "a number in [0, 1)");
  // Rounded after every operation, as PyTorch does.
  const round = Math.fround;
  const roots = schedule.alphasCumprod.map(Math.sqrt);
  const [first, end] = [roots[0], roots[length - 1]];
  const scale = round(first / round(first - end));
  const bars = roots.map((root) => round(round(root - end) * scale) ** 2);
  const betas = bars.map((bar, t) => round(1 - (t === 0 ? bar : round(bar / bars[t - 1]))));
  let product = 1;
  const alphasCumprod = betas.map((beta) => product *= round(1 - beta));
  alphasCumprod[length - 1] = last;
  return { length, betas, alphasCumprod };
}

/** The betas that leave `signal(u)` of the signal's variance, `u` from 0 to 1. */
function betasOfSignal(length: number, signal: (u: number) => number, maxBeta: number): number[] {
  return Array.from(
    { length },
    (_, t) => Math.min(1 - signal((t + 1) / length) / signal(t / length), maxBeta),
  );
}

/**
 * PyTorch's `linspace` in single precision: a rounded step, taken from both ends towards the middle so that both are
 * exact. Each value is rounded once (PyTorch's compilers fuse the product and the sum), as storing it does here.
 */
function linspace(start: number, end: number, length: number): Float32Array {
  const [first, last] = [Math.fround(start), Math.fround(end)];
  if (length === 1) return Float32Array.of(first);
  const step = Math.fround(Math.fround(last - first) / (length - 1));
  const half = length >> 1;
  return Float32Array.from(
    { length },
    (_, i) => i < half ? first + step * i : last - step * (length - 1 - i),
  );
}

function assertRange(length: number, betaStart: number, betaEnd: number): void {
  assertLength(length);
  assertBeta("betaStart", betaStart);
  assertBeta("betaEnd", betaEnd);
}

function assertLength(length: number): void {
  if (!(Number.isInteger(length) && length >= 1)) {
    throw new ArgumentError("length", length, "a whole number of at least 1");
  }
}

function assertBeta(name: string, beta: number): void {
  if (!(beta > 0 && beta < 1)) throw new ArgumentError(name, beta, "a number in (0, 1)");
}
