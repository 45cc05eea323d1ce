import { ArgumentError, described } from "../../lib/errors.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { assertFeatures, squaredDistances } from "./squared_distances.ts";

/**
 * How much pictures of one thing differ: the mean Euclidean distance of their features over all pairs.
 *
 * @param features `[N, D]`, two or more.
 * @throws {ArgumentError} if there are fewer.
 */
export function meanPairwiseDistance(features: Tensor): number {
  assertFeatures("features", features, undefined, 2);
  const [count] = features.shape;
  const sum = squaredDistances(features, features).reduce((total, squared) => total + Math.sqrt(squared), 0);
  return sum / (count * (count - 1));
}

/**
 * How various samples of names are beside the real pictures of these names: the mean pairwise distance of a name's samples over that
 * of its real pictures, averaged over names. 1 is as various.
 *
 * @param names Of each name its samples and its real pictures, `[N, D]` and `[M, D]`, two or more of each.
 * @throws {ArgumentError} if there are no names, or fewer pictures of one.
 */
export function diversity(names: readonly { readonly samples: Tensor; readonly real: Tensor }[]): number {
  if (names.length === 0) throw new ArgumentError("names", described("empty list"), "at least one name");
  const ratios = names.map(({ samples, real }) => meanPairwiseDistance(samples) / meanPairwiseDistance(real));
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / names.length;
}
