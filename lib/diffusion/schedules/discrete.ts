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
 * the clean image. Plain data: it survives `structuredClone`.
 */
export interface DiscreteSchedule {
  /** The number of timesteps. */
  readonly length: number;
  /** The variance that each timestep adds, each in (0, 1). */
  readonly betas: Float32Array;
  /** The products of `1 - beta` up to each timestep: the part of the signal's variance that is left. */
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
  const beta = (_: unknown, t: number) =>
    Math.min(1 - signal((t + 1) / length) / signal(t / length), maxBeta);
  return customSchedule(Array.from({ length }, beta));
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
