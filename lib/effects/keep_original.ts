/**
 * Inpainting as DeepFloyd IF does it.
 *
 * @module
 */
import type { Constraint } from "../diffusion/types.ts";
import type { Tensor } from "../tensor.ts";
import { assertMask, compositeByMask } from "./composite.ts";

/**
 * Holds the unmasked area to the clean original, at every step: `x = (1 - mask) x before + mask x after`, where the
 * start is already composited. This is the rule of DeepFloyd IF's own code and of its pipelines in diffusers; the
 * network sees noise inside of the mask alone. {@linkcode renoiseOriginal} is the other rule.
 *
 * The final images are the original outside of the mask, to the last bit.
 *
 * @param original The clean images, `[N, C, H, W]`, in the range of the network's.
 * @param mask 1 where to repaint, `[1, 1, H, W]` or `[N, 1, H, W]`; 0.5 and above count as 1.
 * @throws {ArgumentError} if the shapes do not fit, or a value of the mask is not in [0, 1].
 *
 * @example
 * The lower half of an image, redrawn as that of an 8.
 * ```ts
 * import { conditioned, ddim, Generator, openMnistModel, sample, sampleToEnd, zeros } from "@denoise/denoise";
 * import { map } from "@denoise/denoise/tensors";
 *
 * await using model = await openMnistModel("mnist-class");
 * const [eight] = (await model.prepare([8])).map((condition) => conditioned(model, condition));
 * const original = zeros([1, 1, 28, 28]);
 * const mask = map(original, (_, i) => i < 14 * 28 ? 0 : 1);
 * const noise = (shape: readonly number[]) => new Generator(0).randn(shape);
 * const constrain = keepOriginal(original, mask);
 * const options = { sampler: ddim(), timesteps: [299, 200, 100], start: noise(original.shape), noise, constrain };
 * const image = await sampleToEnd(sample(eight, options));
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
