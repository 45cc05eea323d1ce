/** The loss of both stages and its inputs: velocities, and the variational bound of the variance. */
import { addNoise, cosineSchedule } from "../../lib/diffusion/mod.ts";
import { add, mean, mul, split, square, sub, type Value } from "../../lib/onnx/mod.ts";
import type { Generator } from "../../lib/random.ts";
import { map, type Tensor, tensor } from "../../lib/tensor.ts";
import { varianceBound, varianceLevels } from "../../lib/training/mod.ts";
import { TIMESTEPS } from "./configs.ts";

/** The weight of the variational bound, in nats, relative to the squared error. */
const BOUND_WEIGHT = 0.5;

const schedule = cosineSchedule(TIMESTEPS);

/** Noisy pictures and the targets, for pictures `[N, 3, H, W]`: the inputs of {@linkcode hybridLoss}. */
export function noisyPictures(images: Tensor, generator: Generator): Record<string, Tensor> {
  const count = images.shape[0];
  const steps = Array.from({ length: count }, () => generator.randomInt(TIMESTEPS));
  const noise = generator.randn(images.shape);
  return {
    x: addNoise(images, noise, steps, schedule),
    t: tensor(Float32Array.from(steps), [count]),
    // The velocity, sqrt(alphaBar) noise - sqrt(1 - alphaBar) x0 (Salimans and Ho 2022, appendix D).
    velocity: addNoise(noise, map(images, (value) => -value), steps, schedule),
    ...varianceLevels(steps, schedule, "v_prediction"),
  };
}

/**
 * The hybrid loss (Nichol and Dhariwal 2021, eq. 16) of a network that estimates velocities: the mean squared error, and
 * for the variance the bound.
 *
 * @param output The network's output, `[N, 6, H, W]`: the velocity, then the interpolation of the variance.
 */
export function hybridLoss(output: Value): Value {
  const { graph, shape: [pictures, channels, height, width] } = output;
  const velocity = graph.input("velocity", "float32", [pictures, channels as number / 2, height, width]);
  const level = (name: string) => graph.input(name, "float32", [pictures, 1, 1, 1]);
  const [estimate, variance] = split(output, [3, 3], 1);
  const error = sub(estimate, velocity);
  const bound = varianceBound(variance, error, {
    logLargest: level("logLargest"),
    logSmallest: level("logSmallest"),
    meanError: level("meanError"),
    counts: level("counts"),
  });
  return add(mean(square(error)), mul(bound, BOUND_WEIGHT));
}
