/**
 * Inpainting with an original that is as noisy as the rest.
 *
 * @module
 */
import { addNoise, cleanTimestep, type NoiseSchedule } from "../diffusion/schedule.ts";
import type { Constraint } from "../diffusion/types.ts";
import type { Tensor } from "../tensor.ts";
import { assertMask, compositeByMask } from "./composite.ts";

/**
 * Holds the unmasked area to the original, noised again to the level of each step:
 * `x = mask x + (1 - mask) (alpha original + sigma z)` (Lugmayr et al. 2022, "RePaint", eq. 8,
 * without its resampling). The network sees images that are equally noisy everywhere, as it was trained to.
 * {@linkcode keepOriginal} is the other rule; `repaint` adds the resampling.
 *
 * Draws noise once a step, after the sampler, and none on the last. The final images are the original outside of the
 * mask, to the last bit. The start is left as it is: pure noise, or the original noised to the first timestep.
 *
 * @param original The clean images, `[N, C, H, W]`, in the range of the network's.
 * @param mask 1 where to repaint, `[1, 1, H, W]` or `[N, 1, H, W]`; 0.5 and above count as 1.
 * @param schedule The noise schedule of the sampling.
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
 * const constrain = renoiseOriginal(original, mask, model.spec.schedule);
 * const options = { sampler: ddim(), timesteps: [299, 200, 100], start: noise(original.shape), noise, constrain };
 * const image = await sampleToEnd(sample(eight, options));
 * ```
 */
export function renoiseOriginal(original: Tensor, mask: Tensor, schedule: NoiseSchedule): Constraint {
  assertMask(mask, original.shape, "original");
  return {
    after(next, _before, tNext, noise) {
      if (tNext === cleanTimestep(schedule)) return next;
      return compositeByMask(mask, next, addNoise(original, noise(original.shape), tNext, schedule));
    },
    end: (x) => compositeByMask(mask, x, original),
  };
}
