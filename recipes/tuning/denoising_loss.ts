/** The loss of fine-tuning and its inputs, for any prediction type. */
import { addNoise, type DiscreteSchedule, type PredictionType } from "../../lib/diffusion/mod.ts";
import { mean, mul, split, square, sub, type Value } from "../../lib/onnx/mod.ts";
import type { Generator } from "../../lib/random.ts";
import { map, type Tensor, tensor } from "../../lib/tensor.ts";

/** Noise, its timesteps and images that together make the inputs of a step. */
export interface NoisyImages {
  /** The clean images, `[N, C, H, W]` in [-1, 1]. */
  readonly images: Tensor;
  /** The noise, of the same shape. */
  readonly noise: Tensor;
  /** A timestep for each image. */
  readonly steps: readonly number[];
}

/** Draws a timestep for each image, then the noise. */
export function drawNoise(images: Tensor, schedule: DiscreteSchedule, generator: Generator): NoisyImages {
  const steps = Array.from({ length: images.shape[0] }, () => generator.randomInt(schedule.length));
  return { images, noise: generator.randn(images.shape), steps };
}

/**
 * The inputs of {@linkcode denoisingLoss} and of the network: `x`, `t`, and the `target`.
 *
 * @param type What it estimates; `v_prediction` is `sqrt(alphaBar) noise - sqrt(1 - alphaBar) x0` (Salimans and Ho 2022, appendix D).
 */
export function noisyFeeds(
  { images, noise, steps }: NoisyImages,
  schedule: DiscreteSchedule,
  type: PredictionType,
): Record<"x" | "t" | "target", Tensor> {
  const target = () => {
    if (type === "epsilon") return noise;
    if (type === "sample") return images;
    return addNoise(noise, map(images, (value) => -value), steps, schedule);
  };
  return {
    x: addNoise(images, noise, steps, schedule),
    t: tensor(Float32Array.from(steps), [steps.length]),
    target: target(),
  };
}

/**
 * The weights of a step's images, `[N, 1, 1, 1]`: the mean of all their errors, each by its weight, is that of the user's and that of the
 * prior's by the weight of the prior, together (Ruiz et al. 2022, eq. 2).
 *
 * @param count The number of the user's images; as many of the prior alternate with them, if there is one.
 * @param priorWeight The weight of the prior; undefined without one.
 */
export function conceptWeights(count: number, priorWeight: number | undefined): Tensor {
  const pair = priorWeight === undefined ? [1] : [2, 2 * priorWeight];
  const weights = Array.from({ length: count }, () => pair).flat();
  return tensor(Float32Array.from(weights), [weights.length, 1, 1, 1]);
}

/**
 * The squared error of what a network estimates, the mean over images, each by its weight. A variance that it estimates too is left as
 * it is: no gradient flows there.
 *
 * @param output The network's output, `[N, C, H, W]`, or with a variance `[N, 2 C, H, W]`.
 * @param channels Channels of an image.
 */
export function denoisingLoss(output: Value, channels: number): Value {
  const { graph, shape: [images, outputs, height, width] } = output;
  const target = graph.input("target", "float32", [images, channels, height, width]);
  const weight = graph.input("weight", "float32", [images, 1, 1, 1]);
  const [estimate] = outputs === channels ? [output] : split(output, [channels, channels], 1);
  return mean(mul(square(sub(estimate, target)), weight));
}
