/**
 * Inpainting with resampling.
 *
 * @module
 */
import { alphaBar, cleanTimestep, transitionVariance } from "../diffusion/schedule.ts";
import type { Constraint, Sampler } from "../diffusion/types.ts";
import { ArgumentError } from "../argument_error.ts";
import { combine } from "../tensor.ts";

/**
 * Resampling (Lugmayr et al. 2022, "RePaint", algorithm 1): every step from `t` to `tNext` is taken `jumps` times. In
 * between, the constraint replaces the unmasked area, and the forward process takes the images back to `t`,
 * `x_t = sqrt(alphaBar_t / alphaBar_tNext) x_tNext + sqrt(1 - alphaBar_t / alphaBar_tNext) z`, so that the network can bring
 * hole and surroundings into agreement. The last step, to the clean images, is taken once.
 *
 * Give `sample` the result as its sampler and the same constraint as `constrain`, which applies it after the last of the
 * `jumps`. Draws, for each time but the last, the sampler's noise, the constraint's, and that of the way back. The denoiser
 * is evaluated `jumps` times a step.
 *
 * @param sampler The algorithm of a step.
 * @param constrain The rule that holds the surroundings, such as that of `renoiseOriginal`.
 * @param jumps How often each step is taken, a whole number from 1 (no resampling). The paper uses 10.
 * @throws {ArgumentError} if `jumps` is not a whole number from 1.
 *
 * @example
 * The lower half of an image, redrawn as that of an 8.
 * ```ts
 * import { conditioned, ddpm, Generator, renoiseOriginal, sample, sampleToEnd, zeros } from "@denoise/denoise";
 * import { openMnistModel } from "@denoise/denoise/models";
 * import { map } from "@denoise/denoise/tensors";
 *
 * await using model = await openMnistModel("models/mnist-class");
 * const [eight] = (await model.prepare([8])).map((condition) => conditioned(model, condition));
 * const original = zeros([1, 1, 28, 28]);
 * const mask = map(original, (_, i) => i < 14 * 28 ? 0 : 1);
 * const generator = new Generator(0);
 * const noise = (shape: readonly number[]) => generator.randn(shape);
 * const constrain = renoiseOriginal(original, mask, model.spec.schedule);
 * const sampler = repaint(ddpm(), constrain, 3);
 * const options = { sampler, timesteps: [299, 200, 100], start: noise(original.shape), noise, constrain };
 * const picture = await sampleToEnd(sample(eight, options));
 * ```
 */
export function repaint(sampler: Sampler, constrain: Constraint, jumps: number): Sampler {
  if (!Number.isInteger(jumps) || jumps < 1) throw new ArgumentError("jumps", jumps, "a whole number from 1");
  return async (first, schedule, noise) => {
    const { t, tNext, evaluate } = first;
    let step = first;
    let next = await sampler(step, schedule, noise);
    if (tNext === cleanTimestep(schedule)) return next;
    const spread = Math.sqrt(transitionVariance(schedule, t, tNext));
    const decay = Math.sqrt(alphaBar(schedule, t) / alphaBar(schedule, tNext));
    for (let jump = 1; jump < jumps; jump++) {
      const held = constrain.after?.(next, step.x, tNext, noise) ?? next;
      const x = combine(decay, held, spread, noise(held.shape));
      step = { ...step, ...await evaluate(x, t), x };
      next = await sampler(step, schedule, noise);
    }
    return next;
  };
}
