/** The questions of a step as one batch of a network, and its outputs as their answers. */
import { predictionFromOutput } from "../diffusion/prediction.ts";
import type { DiscreteSchedule } from "../diffusion/schedule.ts";
import type { ModelSpec, Prediction, Query } from "../diffusion/types.ts";
import { concat, slice, type Tensor } from "../tensor.ts";

/** The images of all questions, one after another. */
export function imagesOf(queries: readonly Query[]): Tensor {
  return concat(queries.map(({ input }) => input.x));
}

/** The timestep of each of these images, `[N]`. */
export function timestepsOf(queries: readonly Query[]): Tensor {
  const timesteps = queries.flatMap(({ input, t }) => Array<number>(input.x.shape[0]).fill(t));
  return { data: Float32Array.from(timesteps), shape: [timesteps.length] };
}

/** What a network says of these images. */
export interface QueryOutputs {
  /** What it predicts, in its own terms. */
  readonly estimate: Tensor;
  /** The variance, of a network that learns it. */
  readonly variance?: Tensor;
}

/**
 * The answer to each question: the noise of its images, and beside it the clean ones where that is not what the network predicts; the
 * variance where it learns that.
 */
export function predictionsOf(
  queries: readonly Query[],
  { estimate, variance }: QueryOutputs,
  { predicts, schedule, learnsVariance }: ModelSpec<DiscreteSchedule>,
): Prediction[] {
  let end = 0;
  return queries.map(({ input: { x }, t, level = t }) => {
    const [start] = [end, end += x.shape[0]];
    const prediction = predictionFromOutput(predicts, slice(estimate, start, end), x, level, schedule);
    return learnsVariance && variance ? { ...prediction, variance: slice(variance, start, end) } : prediction;
  });
}
