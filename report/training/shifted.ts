import type { PictureSet } from "../../recipes/data/dataset.ts";

/** The maximum shift, in pixels to each side: digits of MNIST are about that far off-centre. */
const FARTHEST = 2;

/**
 * Pictures with their copies that are moved by up to two pixels up, down and sideways: 25 of each, itself included. What is moved out is
 * lost, and what comes in is black.
 *
 * @param set The pictures.
 * @returns A set of 25 times as many: the copies of one picture after another.
 */
export function shifted<Set extends PictureSet>(set: Set): Set {
  const { images, labels, count, channels, size } = set;
  const moves: (readonly [down: number, right: number])[] = [];
  for (let down = -FARTHEST; down <= FARTHEST; down++) {
    for (let right = -FARTHEST; right <= FARTHEST; right++) moves.push([down, right]);
  }
  const plane = size * size;
  const moved = new Uint8Array(images.length * moves.length);
  for (let n = 0; n < count * channels; n++) {
    const [picture, channel] = [Math.floor(n / channels), n % channels];
    moves.forEach(([down, right], k) => {
      const from = n * plane;
      const to = ((picture * moves.length + k) * channels + channel) * plane;
      for (let y = Math.max(0, down); y < size + Math.min(0, down); y++) {
        for (let x = Math.max(0, right); x < size + Math.min(0, right); x++) {
          moved[to + y * size + x] = images[from + (y - down) * size + x - right];
        }
      }
    });
  }
  return {
    ...set,
    images: moved,
    count: count * moves.length,
    ...(labels &&
      {
        labels: Uint8Array.from(
          { length: count * moves.length },
          (_, i) => labels[Math.floor(i / moves.length)],
        ),
      }),
  };
}
