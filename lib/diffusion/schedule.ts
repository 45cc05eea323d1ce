/**
 * Noise schedules: how much of a picture is left at each timestep, and the forward process that follows from it.
 *
 * Timesteps are indices `0 .. length - 1`; a larger one is noisier. Timestep -1 stands for the clean picture.
 * The tables are rounded as PyTorch rounds them, so that a checkpoint sees the noise levels it was trained on.
 *
 * @module
 */

import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import { assertSameShape, type Tensor } from "../tensor.ts";

/** A variance-preserving noise schedule. Plain data: it survives `structuredClone`. */
export interface NoiseSchedule {
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
export function customSchedule(betas: ArrayLike<number>): NoiseSchedule {
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
export function linearSchedule(length = 1000, betaStart = 1e-4, betaEnd = 0.02): NoiseSchedule {
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
export function scaledLinearSchedule(length = 1000, betaStart = 0.00085, betaEnd = 0.012): NoiseSchedule {
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
export function cosineSchedule(length = 1000, maxBeta = 0.999): NoiseSchedule {
  assertLength(length);
  assertBeta("maxBeta", maxBeta);
  const signal = (u: number) => Math.cos((u + 0.008) / 1.008 * Math.PI / 2) ** 2;
  const beta = (_: unknown, t: number) =>
    Math.min(1 - signal((t + 1) / length) / signal(t / length), maxBeta);
  return customSchedule(Array.from({ length }, beta));
}

/**
 * The part of the signal's variance that is left at timestep `t`, in [0, 1]; 1 at timestep -1, the clean picture.
 *
 * @throws {ArgumentError} if `t` is no whole number from -1 to the schedule's last timestep.
 */
export function alphaBar(schedule: NoiseSchedule, t: number): number {
  if (t === -1) return 1;
  const value = schedule.alphasCumprod[t];
  if (value === undefined) {
    throw new ArgumentError("t", t, `a whole number from -1 to ${schedule.length - 1}`);
  }
  return value;
}

/**
 * The signal-to-noise ratio at timestep `t`: `alphaBar / (1 - alphaBar)`, infinite at timestep -1.
 *
 * @throws {ArgumentError} if `t` is no whole number from -1 to the schedule's last timestep.
 */
export function snr(schedule: NoiseSchedule, t: number): number {
  const signal = alphaBar(schedule, t);
  return signal / (1 - signal);
}

/**
 * Half the logarithm of the signal-to-noise ratio, the `lambda` of DPM-Solver (Lu et al. 2022, section 2): the clock
 * in which the solvers' steps are measured. Infinite at timestep -1.
 *
 * @throws {ArgumentError} if `t` is no whole number from -1 to the schedule's last timestep.
 */
export function halfLogSnr(schedule: NoiseSchedule, t: number): number {
  return Math.log(snr(schedule, t)) / 2;
}

/**
 * The forward process (Ho et al. 2020, eq. 4): `sqrt(alphaBar) x0 + sqrt(1 - alphaBar) noise`.
 *
 * @param x0 The clean pictures, `[N, ...]`.
 * @param noise Standard normal noise, shaped as `x0`.
 * @param t The timestep of all pictures, or one for each of the N pictures.
 * @param schedule The noise schedule.
 * @returns The noisy pictures, shaped as `x0`.
 * @throws {ArgumentError} if the shapes differ, or a timestep is out of the schedule, or there are not N of them.
 *
 * @example
 * ```ts
 * const schedule = cosineSchedule();
 * const x0 = { data: new Float32Array([1, -1]), shape: [2, 1] };
 * const noise = { data: new Float32Array([0.5, 0.5]), shape: [2, 1] };
 * const noisy = addNoise(x0, noise, 500, schedule);
 * ```
 */
export function addNoise(
  x0: Tensor,
  noise: Tensor,
  t: number | readonly number[],
  schedule: NoiseSchedule,
): Tensor {
  assertSameShape(x0, noise, "noise");
  const levels = typeof t === "number" ? [t] : t;
  if (typeof t !== "number" && t.length !== x0.shape[0]) {
    throw new ArgumentError(
      "t",
      described(`${t.length} timesteps`),
      `one for each of ${x0.shape[0]} pictures`,
    );
  }
  const out = new Float32Array(x0.data.length);
  const size = out.length / levels.length;
  levels.forEach((level, n) => {
    const signal = Math.sqrt(alphaBar(schedule, level));
    const sigma = Math.sqrt(1 - alphaBar(schedule, level));
    for (let i = n * size; i < (n + 1) * size; i++) out[i] = signal * x0.data[i] + sigma * noise.data[i];
  });
  return { data: out, shape: x0.shape };
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
