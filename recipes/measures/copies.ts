import type { Tensor } from "../../lib/tensor.ts";
import { assertFeatures, squaredDistances } from "./squared_distances.ts";

/**
 * Whether samples are copies of training pictures: the median distance of samples to the nearest training picture, over that of
 * real pictures that were held out of training. 1 is as far from what was trained as other real pictures are, 0 is copied
 * (after Meehan et al. 2020, "A non-parametric test to detect data-copying in generative models", who compare the same two
 * distances).
 *
 * @param samples `[N, D]`
 * @param training `[M, D]`
 * @param heldOut `[K, D]`, none of which is among the training pictures.
 * @throws {ArgumentError} if one is empty, or their rows differ in length.
 */
export function copies(samples: Tensor, training: Tensor, heldOut: Tensor): number {
  assertFeatures("samples", samples);
  assertFeatures("training", training, samples.shape[1]);
  assertFeatures("heldOut", heldOut, samples.shape[1]);
  return median(nearestDistances(samples, training)) / median(nearestDistances(heldOut, training));
}

/** Of each row the Euclidean distance to the nearest of others. */
function nearestDistances(rows: Tensor, others: Tensor): number[] {
  const [[count], [width]] = [rows.shape, others.shape];
  const distances = squaredDistances(rows, others);
  return Array.from({ length: count }, (_, row) => {
    return Math.sqrt(distances.subarray(row * width, (row + 1) * width).reduce((a, b) => Math.min(a, b)));
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
