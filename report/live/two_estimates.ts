/** What a network takes for the clean image, with a text and without: all that guidance needs, at any scale. */
import { addNoise, denoiseOnce } from "../../lib/diffusion/mod.ts";
import { Generator } from "../../lib/random.ts";
import { concat, slice, type Tensor } from "../../lib/tensor.ts";
import type { Context } from "../context.ts";
import { openStudio } from "../drawing/studio.ts";

/** The noisy picture that is asked about. */
export interface NoisyQuestion {
  /** The picture, by its id. */
  readonly image: string;
  /** The timestep that it is noised to. */
  readonly t: number;
  /** The seed of the noise. */
  readonly seed: number;
}

/** The answer, `[1, 3, size, size]` each. */
export interface TwoEstimates {
  /** The noisy picture. */
  readonly noisy: Tensor;
  /** The clean image without a text, and with it: as the network has it, not held within [-1, 1]. */
  readonly without: Tensor;
  readonly withText: Tensor;
}

/** Asks about noisy pictures. */
export type AskTwice = (question: NoisyQuestion) => Promise<TwoEstimates>;

/**
 * Opens a network to be asked with a text and without it. Both answers come of one batch. Guidance at a scale γ is
 * `without + γ (withText - without)`: what Ho and Salimans 2022 (equation 6) do with the noise holds of the clean image as
 * well, since at one `x_t` it is a linear function of the noise.
 *
 * @param parameters The first stage and the text.
 * @param context Where models and pictures come from.
 */
export async function openTwoEstimates(
  { model, prompt }: { readonly model: string; readonly prompt: string },
  context: Context,
): Promise<AskTwice> {
  const studio = await openStudio({ model }, [prompt], context);
  const denoiser = await studio.text(["", prompt]);
  return async ({ image, t, seed }) => {
    const picture = await studio.picture(image);
    const noisy = addNoise(picture, new Generator(seed).randn(picture.shape), t, studio.schedule);
    const { x0 } = await denoiseOnce(denoiser, { x: concat([noisy, noisy]) }, t);
    return { noisy, without: slice(x0, 0, 1), withText: slice(x0, 1, 2) };
  };
}
