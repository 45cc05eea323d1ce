/** How T5's attention knows of positions: by the distance of two, sorted into buckets. */
import type { T5Config } from "./t5_config.ts";

/**
 * The bucket of a distance (Raffel et al. 2020, section 2.1): half of the buckets are for keys that come after the
 * query. Of each half, one half has a distance each; in the other half they grow with the logarithm.
 *
 * @param distance The key's position less the query's.
 * @returns From 0 to the number of buckets less one.
 */
export function distanceBucket(
  distance: number,
  { distanceBuckets, maxDistance }: Pick<T5Config, "distanceBuckets" | "maxDistance">,
): number {
  const half = distanceBuckets / 2;
  const base = distance > 0 ? half : 0;
  const far = Math.abs(distance);
  const exact = half / 2;
  if (far < exact) return base + far;
  // In float32 step by step, as PyTorch computes it: it decides where the logarithm is a whole number.
  const { fround, log } = Math;
  const ratio = fround(fround(log(fround(far / exact))) / fround(log(maxDistance / exact)));
  return base + Math.min(half - 1, exact + Math.trunc(fround(ratio * (half - exact))));
}

/** The buckets of all pairs of `length` positions: row by row for each query those of its keys. */
export function distanceBuckets(
  length: number,
  config: Pick<T5Config, "distanceBuckets" | "maxDistance">,
): number[] {
  const positions = Array.from({ length }, (_, i) => i);
  return positions.flatMap((query) => positions.map((key) => distanceBucket(key - query, config)));
}
