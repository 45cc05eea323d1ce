import type { Tensor } from "../../lib/tensor.ts";
import { assertFeatures, squaredDistances } from "./squared_distances.ts";

/** How good and how various samples are; both from 0 to 1. */
export interface PrecisionRecall {
  /** The share of samples that are within the manifold of the real pictures: how good they are. */
  readonly precision: number;
  /** The share of real pictures that are within the manifold of the samples: how much of what there is is drawn. */
  readonly recall: number;
}

/**
 * Precision and recall (Kynkäänniemi et al. 2019, "Improved precision and recall metric for assessing generative models", eq. 1
 * and 2). The manifold of a set is where a ball around one of its rows reaches, as large as the distance to its k-th nearest
 * other row.
 *
 * @param real `[N, D]`, more than k.
 * @param samples `[M, D]`, more than k.
 * @param k Which neighbour; defaults to the paper's 3.
 * @throws {ArgumentError} if a set is too small, or their rows differ in length.
 */
export function precisionRecall(real: Tensor, samples: Tensor, k = 3): PrecisionRecall {
  assertFeatures("real", real, undefined, k + 1);
  assertFeatures("samples", samples, real.shape[1], k + 1);
  return { precision: shareWithin(samples, real, k), recall: shareWithin(real, samples, k) };
}

/** The share of rows that lie within the manifold of others. */
function shareWithin(rows: Tensor, manifold: Tensor, k: number): number {
  const [count] = manifold.shape;
  const own = squaredDistances(manifold, manifold);
  // A row is its own nearest, at the distance 0.
  const radii = Array.from({ length: count }, (_, i) => own.slice(i * count, (i + 1) * count).sort()[k]);
  const distances = squaredDistances(rows, manifold);
  let within = 0;
  for (let row = 0; row < rows.shape[0]; row++) {
    if (radii.some((radius, i) => distances[row * count + i] <= radius)) within++;
  }
  return within / rows.shape[0];
}
