/** Thumbnails, as small as they can be and still distinguishable, to compare generated pictures by. */
import { ArgumentError } from "../../lib/errors.ts";

/** Height and width of a thumbnail. */
export const THUMBNAIL = 16;

/** The numbers of a thumbnail: three colours. */
const LENGTH = 3 * THUMBNAIL * THUMBNAIL;

/** Thumbnails one after the other, `[count, 3, 16, 16]`, in [0, 1]. */
export interface Thumbnails {
  /** Their numbers. */
  readonly data: Float32Array;
  /** How many there are. */
  readonly count: number;
}

/**
 * Makes thumbnails: each of their pixels is the mean of a square of the picture.
 *
 * @param pictures `[count, 3, size, size]`.
 * @param size Height and width of the pictures, a multiple of 16.
 * @param range What black and white are in them.
 * @throws {ArgumentError} if the size is another.
 */
export function thumbnails(
  pictures: ArrayLike<number>,
  size: number,
  [black, white]: readonly [number, number],
): Thumbnails {
  const factor = size / THUMBNAIL;
  if (!(Number.isInteger(factor) && factor > 0)) {
    throw new ArgumentError("size", size, `a multiple of ${THUMBNAIL}`);
  }
  const planes = pictures.length / (size * size);
  const data = new Float32Array(planes * THUMBNAIL * THUMBNAIL);
  const weight = 1 / ((white - black) * factor * factor);
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < size; y++) {
      const from = (plane * size + y) * size;
      const to = (plane * THUMBNAIL + Math.floor(y / factor)) * THUMBNAIL;
      for (let x = 0; x < size; x++) {
        const value = Math.min(Math.max(pictures[from + x], Math.min(black, white)), Math.max(black, white));
        data[to + Math.floor(x / factor)] += (value - black) * weight;
      }
    }
  }
  return { data, count: planes / 3 };
}

/** A thumbnail among others, and how far it is: the mean of the squared differences. */
export interface Neighbour {
  /** Its number. */
  readonly index: number;
  /** How far it is. */
  readonly distance: number;
}

/**
 * The nearest thumbnails to one, the nearest first: as it is or mirrored, whichever is nearer, since training shows pictures both
 * ways.
 */
export function nearest(of: Thumbnails, index: number, among: Thumbnails, count: number): Neighbour[] {
  const one = of.data.subarray(index * LENGTH, (index + 1) * LENGTH);
  const mirrored = mirror(one);
  return Array.from({ length: among.count }, (_, other) => {
    const two = among.data.subarray(other * LENGTH, (other + 1) * LENGTH);
    return { index: other, distance: Math.min(distance(one, two), distance(mirrored, two)) };
  }).sort((a, b) => a.distance - b.distance).slice(0, count);
}

function distance(a: Float32Array, b: Float32Array): number {
  let total = 0;
  for (let i = 0; i < LENGTH; i++) total += (a[i] - b[i]) ** 2;
  return total / LENGTH;
}

/** A thumbnail the other way round. */
function mirror(one: Float32Array): Float32Array {
  return one.map((_, i) => one[i - i % THUMBNAIL + THUMBNAIL - 1 - i % THUMBNAIL]);
}
