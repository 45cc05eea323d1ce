import { ArgumentError } from "../../lib/errors.ts";
import { addNoise } from "../../lib/diffusion/mod.ts";
import { Generator } from "../../lib/random.ts";
import type { Tensor } from "../../lib/tensor.ts";
import type { Context } from "../context.ts";
import { sourceImage } from "../source_image.ts";

/** The parameters of noisy pictures. */
export interface NoisyParameters {
  /** The picture. */
  readonly image: string;
  /** The noise levels. */
  readonly timesteps: readonly number[];
  /** The seed of the noise. */
  readonly seed: number;
  /** The model, which gives the schedule and the size. */
  readonly model: string;
}

/**
 * A picture at several noise levels, always with the same noise. Sections that add noise and
 * sections that remove it share these pictures.
 *
 * @throws {ArgumentError} if a timestep is out of the model's schedule.
 */
export async function noisyPictures(
  { image, timesteps, seed, model: name }: NoisyParameters,
  context: Context,
): Promise<{ picture: Tensor; noisy: Tensor[] }> {
  const model = await context.models.textToImage(name);
  const { schedule } = model.scheduler;
  timesteps.forEach((t, i) => {
    if (t < schedule.length) return;
    throw new ArgumentError(`timesteps[${i}]`, t, `at most ${schedule.length - 1}`, {
      note: "the model's last",
    });
  });
  const picture = await sourceImage(image, model, context);
  const noise = new Generator(seed).randn(picture.shape);
  return { picture, noisy: timesteps.map((t) => addNoise(picture, noise, t, schedule)) };
}
