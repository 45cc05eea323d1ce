import type { LabelledPictureSet } from "../../../recipes/data/dataset.ts";

/** Two pictures as somebody might draw them: an upright line for a one, a frame for a zero. */
export function digitsByHand(): LabelledPictureSet {
  const images = new Uint8Array(2 * 28 * 28);
  for (let i = 6; i < 22; i++) {
    images[i * 28 + 14] = 255;
    for (const [y, x] of [[i, 7], [i, 21], [6, i], [21, i]]) images[784 + y * 28 + x] = 200;
  }
  const classes = Array.from({ length: 10 }, (_, digit) => String(digit));
  return { images, labels: Uint8Array.of(1, 0), count: 2, channels: 1, size: 28, classes };
}
