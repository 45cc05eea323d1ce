/** Copies of an image that a classifier should read like the image itself. */
import { resize } from "../../lib/image.ts";
import type { Generator } from "../../lib/random.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { drawPlacement, place } from "../emoji/augment.ts";

/** How often a copy is mirrored, and how often it has no colour. */
const MIRRORED = 0.5;
const GREY = 0.25;

/** By how much, at most, a colour of a copy is brighter or darker than the image's. */
const TINT = 0.3;

/** Height and width of the copies that a first stage might have drawn. */
const SMALL = 32;

/**
 * A copy that is moved, turned and scaled a little, and often mirrored or of other colours.
 *
 * @param bytes The image, `[3, size, size]`.
 * @param size Its height and width.
 * @returns `[1, 3, size, size]` in 0..1
 */
export function variedCopy(bytes: Uint8Array, size: number, generator: Generator): Tensor {
  const [mirrored, grey, ...tints] = generator.rand([5]).data;
  const data = place(bytes, size, drawPlacement(generator), 1).map((value) => value / 2 + 0.5);
  const area = size * size;
  if (mirrored < MIRRORED) {
    for (let i = 0; i < data.length; i += size) {
      data.subarray(i, i + size).reverse();
    }
  }
  for (let i = 0; i < area; i++) {
    const [r, g, b] = [data[i], data[area + i], data[2 * area + i]];
    const light = 0.299 * r + 0.587 * g + 0.114 * b;
    [r, g, b].forEach((value, c) => {
      // White stays white: the ink is changed, 1 - value, and not the paper.
      const ink = (1 - (grey < GREY ? light : value)) * (1 + TINT * (2 * tints[c] - 1));
      data[c * area + i] = Math.min(1, Math.max(0, 1 - ink));
    });
  }
  return { data, shape: [1, 3, size, size] };
}

/** Images as a first stage would draw them: 32 x 32. */
export function reduced(images: Tensor): Tensor {
  return resize(images, SMALL, SMALL, { filter: "bilinear" });
}
