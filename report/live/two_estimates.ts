/** A network's estimates of the clean image with a text and without, from which guidance at any scale follows. */
import { addNoise, denoiseOnce } from "../../lib/diffusion/mod.ts";
import { Generator } from "../../lib/random.ts";
import { concat, slice, type Tensor } from "../../lib/tensor.ts";
import type { Context } from "../context.ts";
import { openStudio } from "../drawing/studio.ts";

/** A noisy picture to estimate. */
export interface NoisyQuestion {
  /** The picture, by its id. */
  readonly image: string;
  /** The timestep that it is noised to. */
  readonly t: number;
  /** The seed of the noise. */
  readonly seed: number;
}

/** The estimates, `[1, 3, size, size]` each. */
export interface TwoEstimates {
  /** The noisy picture. */
  readonly noisy: Tensor;
  /** The clean image without a text, and with it: unclipped. */
  readonly without: Tensor;
  readonly withText: Tensor;
}

/** Estimates a noisy picture both ways. */
export type EstimateBoth = (question: NoisyQuestion) => Promise<TwoEstimates>;

/**
 * Opens a network for estimates with a text and without, both in one batch. Guidance at a scale γ is
 * `without + γ (withText - without)`: what Ho and Salimans 2022 (equation 6) do with the noise holds for the clean image as
 * well, since at one `x_t` it is a linear function of the noise.
 *
 * @param parameters The first stage and the text.
 * @param context The source of models and pictures.
 */
export async function openTwoEstimates(
  { model, prompt }: { readonly model: string; readonly prompt: string },
  context: Context,
): Promise<EstimateBoth> {
  const studio = await openStudio({ model }, [prompt], context);
  const denoiser = await studio.text(["", prompt]);
  return async ({ image, t, seed }) => {
    const picture = await studio.picture(image);
    const noisy = addNoise(picture, new Generator(seed).randn(picture.shape), t, studio.schedule);
    const { x0 } = await denoiseOnce(denoiser, { x: concat([noisy, noisy]) }, t);
    return { noisy, without: slice(x0, 0, 1), withText: slice(x0, 1, 2) };
  };
}
