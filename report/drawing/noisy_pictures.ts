import { ArgumentError } from "../../lib/argument_error.ts";
import { addNoise } from "../../lib/diffusion/schedule.ts";
import { Generator } from "../../lib/random.ts";
import type { Tensor } from "../../lib/tensor.ts";
import type { Context } from "../context.ts";
import { sourceImage } from "../source_image.ts";

/** What a noisy picture is made of. */
export interface NoisyParameters {
  /** The picture. */
  readonly image: string;
  /** The noise levels. */
  readonly timesteps: readonly number[];
  /** The seed of the noise. */
  readonly seed: number;
  /** The model, whose schedule and size are taken. */
  readonly model: string;
}

/**
 * A picture, and the same one at several noise levels: everywhere the same noise, ever louder. Sections that show the noise and
 * sections that take it away speak of the same pictures.
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
