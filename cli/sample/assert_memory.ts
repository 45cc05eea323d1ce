/** Refuses images that would not fit in memory, before they are generated. */
import { ArgumentError } from "../../lib/errors.ts";
import { limits } from "./limits.ts";

/**
 * Refuses more images than can be generated at once.
 *
 * @param side The height and width of an image, before it is enlarged.
 * @param texts How many texts there are.
 * @param count How many images of each.
 * @throws {ArgumentError} that names the option that is too large.
 */
export function assertPixels([height, width]: readonly [number, number], texts: number, count: number): void {
  const most = Math.floor(limits.pixels / (height * width * texts));
  if (count <= most) return;
  if (most >= 1) {
    throw new ArgumentError("count", count, `at most ${most} of ${height} x ${width} pixels`);
  }
  const name = height >= width ? "height" : "width";
  throw new ArgumentError(
    name,
    Math.max(height, width),
    `images of at most ${limits.pixels} pixels together`,
    { plural: true },
  );
}

/**
 * Refuses a scale that makes a single image too large.
 *
 * @param side The greater of a generated image's height and width.
 * @param scale The factor to enlarge it by.
 * @throws {ArgumentError} if it is too large.
 */
export function assertScale(side: number, scale: number): void {
  const most = Math.max(1, Math.floor(limits.enlargedSide / side));
  if (scale <= most) return;
  throw new ArgumentError("scale", scale, `at most ${most} of images ${side} pixels wide or high`);
}
