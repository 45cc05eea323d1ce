/**
 * Inpainting as DeepFloyd IF does it.
 *
 * @module
 */
import type { Constraint } from "../diffusion/types.ts";
import type { Tensor } from "../tensor.ts";
import { assertMask, compositeByMask } from "./composite.ts";

/**
 * Holds what a mask spares to the clean original, at every step: `x = (1 - mask) x before + mask x after`, where the
 * start is already composited. This is the rule of DeepFloyd IF's own code and of its pipelines in diffusers; the
 * network sees noise inside of the mask alone. {@linkcode renoiseOriginal} is the other rule.
 *
 * The final pictures are the original outside of the mask, to the last bit.
 *
 * @param original The clean pictures, `[N, C, H, W]`, in the range of the network's.
 * @param mask 1 where to repaint, `[1, 1, H, W]` or `[N, 1, H, W]`; 0.5 and above count as 1.
 * @throws {RangeError} if the shapes do not fit, or a value of the mask is not in [0, 1].
 *
 * @example
 * ```ts ignore
 * const start = addNoise(original, noise(original.shape), timesteps[0], schedule);
 * const steps = sample(denoiser, { sampler, timesteps, start, noise, constrain: keepOriginal(original, mask) });
 * ```
 */
export function keepOriginal(original: Tensor, mask: Tensor): Constraint {
  assertMask(mask, original.shape, "original");
  return {
    start: (x) => compositeByMask(mask, x, original),
    after: (next, before) => compositeByMask(mask, next, before),
    end: (x) => compositeByMask(mask, x, original),
  };
}
