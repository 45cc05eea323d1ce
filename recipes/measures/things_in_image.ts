/** Images of two things: what their halves show. */
import { resize } from "../../lib/image.ts";
import { concat, slice, type Tensor } from "../../lib/tensor.ts";
import type { IconReader } from "./icon_reader.ts";
import type { ImageFeatures } from "./image_features.ts";
import { isAmongTop } from "./top.ts";

/** A pixel with a channel below this one is of a thing, and not of the white ground. */
const INK = 0.9;

/** The margin around a thing that was cut out, as a share of its side. */
const MARGIN = 0.05;

/** What the halves of images show: the probabilities of names, `[N, names]` of each half; side by side, and one above the other. */
export type HalvesReading = readonly (readonly [first: Tensor, second: Tensor])[];

/**
 * Reads the halves of images: left and right, upper and lower. What is on white in a half is scaled to the size of an image of
 * one thing.
 *
 * @param images `[N, 3, size, size]` in 0..1
 */
export async function readHalves(
  network: ImageFeatures,
  reader: IconReader,
  images: Tensor,
): Promise<HalvesReading> {
  const read = async (axis: 2 | 3, start: number): Promise<Tensor> => {
    const half = slice(images, start, start + (images.shape[axis] >> 1), axis);
    const things = Array.from(
      { length: images.shape[0] },
      (_, n) => thingIn(slice(half, n, n + 1), images.shape[2]),
    );
    return reader.read(await network.of(concat(things))).names;
  };
  const split = async (axis: 2 | 3) =>
    [await read(axis, 0), await read(axis, images.shape[axis] >> 1)] as const;
  return [await split(3), await split(2)];
}

/**
 * Whether one half of an image is read as one of two names, and the other half as the other.
 *
 * @param k Among how many of the most likely names; 3 unless given, since things of half the size are hard to read: of real pictures
 * side by side that were held out, both are read for 0.51 with 1, 0.62 with 2, and 0.80 with 3 of 78 names (285 images).
 */
export function showsBoth(
  halves: HalvesReading,
  row: number,
  names: readonly [number, number],
  k = 3,
): boolean {
  const [one, other] = names;
  const shows = (half: Tensor, name: number) => isAmongTop(half, row, name, k);
  return halves.some(([first, second]) =>
    shows(first, one) && shows(second, other) || shows(first, other) && shows(second, one)
  );
}

/** What stands on white in an image, in the middle of a white square that it fills, `[1, 3, size, size]`. */
function thingIn({ data, shape: [, channels, height, width] }: Tensor, size: number): Tensor {
  const box = { left: width, top: height, right: -1, bottom: -1 };
  for (let i = 0; i < data.length; i++) {
    if (data[i] >= INK) continue;
    const [x, y] = [i % width, Math.floor(i / width) % height];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  if (box.right < 0) {
    return { data: new Float32Array(channels * size * size).fill(1), shape: [1, channels, size, size] };
  }
  const [w, h] = [box.right - box.left + 1, box.bottom - box.top + 1];
  const side = Math.max(2, Math.round(Math.max(w, h) * (1 + 2 * MARGIN)));
  const square = new Float32Array(channels * side * side).fill(1);
  const [dx, dy] = [(side - w) >> 1, (side - h) >> 1];
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < h; y++) {
      const from = (channel * height + box.top + y) * width + box.left;
      square.set(data.subarray(from, from + w), (channel * side + dy + y) * side + dx);
    }
  }
  return resize({ data: square, shape: [1, channels, side, side] }, size, size, { filter: "bilinear" });
}
