/**
 * Guidance at some noise levels alone.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import type { Denoiser } from "../diffusion/types.ts";

/**
 * The timesteps at which images are guided, both ends included, of the network's noise schedule. Timesteps rather than sigmas, as
 * in the paper: the steps, the noise levels and the strength of all pipelines are counted in them, whatever the schedule.
 */
export type GuidanceInterval = readonly [from: number, to: number];

/**
 * Throws unless an interval is one.
 *
 * @param name The argument to blame.
 * @param interval The interval.
 * @param last The last timestep of the schedule, where it is known.
 * @throws {ArgumentError} if it is no pair of numbers from 0 to the last timestep, the smaller one first.
 */
export function assertGuidanceInterval(name: string, interval: GuidanceInterval, last?: number): void {
  const [from, to] = interval;
  const isPair = interval.length === 2 && interval.every((t) => Number.isFinite(t) && t >= 0);
  if (isPair && from <= to && !(to > (last ?? Infinity))) return;
  const range = last === undefined ? "from 0" : `from 0 to ${last}`;
  throw new ArgumentError(name, interval, `two timesteps ${range}, the smaller one first`);
}

/**
 * A denoiser within an interval of timesteps, and another one at all others (Kynkäänniemi et al. 2024, "Applying guidance in a
 * limited interval improves sample and distribution quality in diffusion models", eq. 4: outside of it the weight is 1).
 *
 * With classifier-free guidance within and the text alone outside, a step outside asks half as much of the network. At high
 * noise levels guidance narrows what is drawn, at low ones it changes little.
 *
 * @param inside The denoiser at the timesteps of the interval.
 * @param outside The denoiser at all others.
 * @param interval The timesteps, both ends included.
 * @throws {ArgumentError} if the interval is no pair of timesteps, the smaller one first.
 *
 * @example
 * ```ts
 * import { conditioned, guided, openMnistModel } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("mnist-class");
 * const [three, none] = (await model.prepare([3, null])).map((condition) => conditioned(model, condition));
 * const denoiser = withinInterval(guided(three, none, 5), three, [50, 200]);
 * ```
 */
export function withinInterval(inside: Denoiser, outside: Denoiser, interval: GuidanceInterval): Denoiser {
  assertGuidanceInterval("interval", interval);
  const [from, to] = interval;
  return (input, t) => (t >= from && t <= to ? inside : outside)(input, t);
}
