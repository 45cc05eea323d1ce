/** Images of several things: what each part shows. */
import { concat, slice, type Tensor } from "../../lib/tensor.ts";
import type { IconReader } from "./icon_reader.ts";
import type { ImageFeatures } from "./image_features.ts";
import { isAmongTop } from "./top.ts";

/** The parts that are read, as shares of the side: left, top, width, height; first the whole image. */
const parts = [
  [0, 0, 1, 1],
  [0, 0, 0.5, 1],
  [0.5, 0, 0.5, 1],
  [0, 0, 1, 0.5],
  [0, 0.5, 1, 0.5],
] as const;

/**
 * How likely each name is somewhere in images: the largest probability over the whole image and its halves, each half on white.
 *
 * @param images `[N, 3, size, size]` in 0..1
 * @returns `[N, names]`; rows do not add up to 1.
 */
export async function readThings(
  network: ImageFeatures,
  reader: IconReader,
  images: Tensor,
): Promise<Tensor> {
  const readings: Tensor[] = [];
  for (const part of parts) readings.push(reader.read(await network.of(onWhite(images, part))).names);
  const [{ shape }] = readings;
  const data = readings[0].data.map((_, i) => Math.max(...readings.map((reading) => reading.data[i])));
  return { data, shape };
}

/**
 * Whether two names are both among the k most likely ones of a row.
 *
 * @param likely What {@linkcode readThings} gives.
 * @param k How many; 2 unless given.
 */
export function showsBoth(likely: Tensor, row: number, names: readonly [number, number], k = 2): boolean {
  return names.every((name) => isAmongTop(likely, row, name, k));
}

/** Parts of images in the middle of white ones of the same size. */
function onWhite(
  images: Tensor,
  [left, top, width, height]: readonly [number, number, number, number],
): Tensor {
  const [count, channels, size] = images.shape;
  if (width === 1 && height === 1) return images;
  const [x0, y0, w, h] = [left, top, width, height].map((share) => Math.round(share * size));
  const [dx, dy] = [(size - w) >> 1, (size - h) >> 1];
  return concat(Array.from({ length: count }, (_, n): Tensor => {
    const own = slice(images, n, n + 1).data;
    const data = new Float32Array(own.length).fill(1);
    for (let plane = 0; plane < channels; plane++) {
      for (let y = 0; y < h; y++) {
        const from = (plane * size + y0 + y) * size + x0;
        data.set(own.subarray(from, from + w), (plane * size + dy + y) * size + dx);
      }
    }
    return { data, shape: [1, channels, size, size] };
  }));
}
