/** The noise levels of a slider, by a model's schedule. */
import { alpha, alphaBar, sigma } from "../lib/diffusion/mod.ts";
import { openTextToImage } from "../lib/pipelines/mod.ts";

/** A noise level. */
export interface NoiseLevel {
  /** The timestep. */
  readonly t: number;
  /** How much of the image's variance is left. */
  readonly alphaBar: number;
  /** The factor of the image: the root of that. */
  readonly alpha: number;
  /** The factor of the noise. */
  readonly sigma: number;
}

/** Neighbouring levels are so many timesteps apart, in a schedule of 1000. */
const STRIDE = 40;

/**
 * Noise levels from almost none to pure noise.
 *
 * @param model The name of a first stage.
 * @throws {CheckpointError} if it is no such model.
 */
export async function noiseLevelsOf(model: string): Promise<NoiseLevel[]> {
  // Only configurations are read.
  await using pipeline = await openTextToImage(model);
  const { schedule } = pipeline.scheduler;
  const last = schedule.length - 1;
  const timesteps = Array.from({ length: Math.ceil(last / STRIDE) }, (_, i) => i * STRIDE);
  return [...timesteps, last].map((t) => ({
    t,
    alphaBar: alphaBar(schedule, t),
    alpha: alpha(schedule, t),
    sigma: sigma(schedule, t),
  }));
}
