import { ArgumentError, described } from "../../lib/errors.ts";
import { concat } from "../../lib/tensor.ts";
import type { Features, ImageFeatures } from "./image_features.ts";
import { imagesOf, type LabelledImages } from "./labelled_images.ts";

/** Images that are unpacked at a time. */
const CHUNK = 64;

/**
 * The features of some images of a set, a few of which are in memory at a time.
 *
 * @param indices Which images; one or more.
 * @throws {ArgumentError} if there are none.
 */
export async function featuresOf(
  network: ImageFeatures,
  set: LabelledImages,
  indices: readonly number[],
  signal?: AbortSignal,
): Promise<Features> {
  if (indices.length === 0) throw new ArgumentError("indices", described("empty list"), "at least one image");
  const parts: Features[] = [];
  for (let start = 0; start < indices.length; start += CHUNK) {
    parts.push(await network.of(imagesOf(set, indices.slice(start, start + CHUNK)), { signal }));
  }
  const all = (name: keyof Features) => concat(parts.map((part) => part[name]));
  return { pooled: all("pooled"), content: all("content"), look: all("look") };
}
