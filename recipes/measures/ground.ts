import { ArgumentError } from "../../lib/errors.ts";
import type { Tensor } from "../../lib/tensor.ts";

/** A pixel is of the ground's colour within this distance of each channel. */
const CLEAN = 4.5 / 255;

/** A pixel belongs to the ground, stained or not, within this one. */
const STAINED = 0.1;

/** Pixels so near to a thing, in either direction, do not count: a drawn edge fades into the ground. */
const EDGE = 2;

/**
 * How clean the ground of images is. The ground is what is reached from the image's edge over pixels that are nearly of its
 * colour, within a tenth of the range, but for what is two pixels or less from anything else; of each image the share of these
 * pixels that are of the colour within 4 of 255, averaged over images. One without a ground counts as 0; of real pictures a few have none, a night sky
 * that fills the square, so that they do not reach 1 either.
 *
 * @param images `[N, C, H, W]` in 0..1
 * @param colour What the ground should be, a value for each channel; defaults to white.
 * @throws {ArgumentError} if there are no images, or the colour has another number of channels.
 */
export function ground(images: Tensor, colour: readonly number[] = [1, 1, 1]): number {
  const [count, channels, height, width] = images.shape;
  if (!(count > 0 && channels === colour.length)) {
    throw new ArgumentError("images", images, `[1 or more, ${colour.length}, height, width]`);
  }
  const area = height * width;
  let total = 0;
  for (let image = 0; image < count; image++) {
    const within = (pixel: number, distance: number) =>
      colour.every((value, c) =>
        Math.abs(images.data[(image * channels + c) * area + pixel] - value) <= distance
      );
    const reached = awayFromEdges(fromEdge(height, width, (pixel) => within(pixel, STAINED)), height, width);
    const clean = reached.filter((pixel) => within(pixel, CLEAN)).length;
    total += reached.length === 0 ? 0 : clean / reached.length;
  }
  return total / count;
}

/** The pixels that are reached from the edge over pixels that may be passed. */
function fromEdge(height: number, width: number, passes: (pixel: number) => boolean): number[] {
  const seen = new Uint8Array(height * width);
  const reached: number[] = [];
  const visit = (row: number, column: number) => {
    if (row < 0 || column < 0 || row >= height || column >= width) return;
    const pixel = row * width + column;
    if (seen[pixel]) return;
    seen[pixel] = 1;
    if (passes(pixel)) reached.push(pixel);
  };
  for (let column = 0; column < width; column++) for (const row of [0, height - 1]) visit(row, column);
  for (let row = 0; row < height; row++) for (const column of [0, width - 1]) visit(row, column);
  for (let i = 0; i < reached.length; i++) {
    const [row, column] = [Math.floor(reached[i] / width), reached[i] % width];
    for (const [down, right] of [[-1, 0], [1, 0], [0, -1], [0, 1]]) visit(row + down, column + right);
  }
  return reached;
}

/** Those of some pixels that have no others around them. */
function awayFromEdges(pixels: readonly number[], height: number, width: number): number[] {
  const inside = new Uint8Array(height * width);
  for (const pixel of pixels) inside[pixel] = 1;
  return pixels.filter((pixel) => {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    for (let y = Math.max(0, row - EDGE); y <= Math.min(height - 1, row + EDGE); y++) {
      for (let x = Math.max(0, column - EDGE); x <= Math.min(width - 1, column + EDGE); x++) {
        if (!inside[y * width + x]) return false;
      }
    }
    return true;
  });
}
