/**
 * The low-resolution input of super-resolution networks.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";
import { addNoise } from "../../diffusion/schedule.ts";
import type { Tensor } from "../../tensor.ts";
import type { Scene, Stage, StageModel } from "./stage.ts";
import { upsampleBilinear } from "./upsample.ts";

/** The options of every super-resolution pipeline. */
export interface LowResolutionOptions {
  /**
   * The timestep of the noise added to the small images, which lets the network correct their faults: from 0, which is
   * next to none, to the schedule's last; by default the pipeline's own.
   */
  readonly noiseLevel?: number;
}

/**
 * Throws unless a noise level is within the network's schedule.
 *
 * @param model The network.
 * @param noiseLevel The timestep of the noise in the low-resolution images.
 * @throws {ArgumentError} if it is not a whole number from 0, or out of the schedule.
 */
export function assertNoiseLevel({ noising, spec }: StageModel, noiseLevel: number): void {
  const { length } = (noising ?? spec).schedule;
  if (Number.isInteger(noiseLevel) && noiseLevel >= 0 && noiseLevel < length) return;
  throw new ArgumentError("noiseLevel", noiseLevel, `a whole number from 0 to ${length - 1}`);
}

/**
 * Noise augmentation (Ho et al. 2021, "Cascaded diffusion models", section 4.2): the low-resolution images, enlarged
 * bilinearly and noised once; the same noise is in them at every step.
 *
 * @param model A super-resolution network.
 * @param stage The stage, which supplies the noise and the shape.
 * @param lowRes An image for each text, `[N, C, h, w]`.
 * @param noiseLevel The timestep of the noise.
 * @returns The images, `[count, C, H, W]`, and the noise level.
 */
export function augmented(
  { noising, spec }: StageModel,
  { repeatPerImage, noise, shape }: Pick<Stage, "repeatPerImage" | "noise" | "shape">,
  lowRes: Tensor,
  noiseLevel: number,
): NonNullable<Scene["lowRes"]> {
  const enlarged = upsampleBilinear(repeatPerImage(lowRes), shape[2], shape[3]);
  const { schedule } = noising ?? spec;
  return { x: addNoise(enlarged, noise(enlarged.shape), noiseLevel, schedule), noiseLevel };
}
