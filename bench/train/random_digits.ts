/** Random pictures in the place of digits: a step takes the same time on them. */
import { Generator } from "../../lib/random.ts";
import type { LabelledPictureSet } from "../../recipes/data/dataset.ts";

/** A set of so many random pictures of ten classes. */
export function randomDigits(count: number): LabelledPictureSet {
  const generator = new Generator(0);
  return {
    images: Uint8Array.from(generator.rand([count * 28 * 28]).data, (u) => u * 255),
    labels: Uint8Array.from({ length: count }, () => generator.randomInt(10)),
    count,
    channels: 1,
    size: 28,
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
  };
}
