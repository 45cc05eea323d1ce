/** Refuses pictures that no memory would hold, before they are drawn. */
import { ArgumentError } from "../../lib/errors.ts";
import { limits } from "./limits.ts";

/**
 * Refuses more pictures than can be drawn at once.
 *
 * @param side The height and width of a picture, before it is enlarged.
 * @param texts How many texts there are.
 * @param count How many pictures of each.
 * @throws {ArgumentError} that names what is too many or too large.
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
 * Refuses a scale that makes a single picture too large.
 *
 * @param side The greater of a drawn picture's height and width.
 * @param scale How much it is to be enlarged.
 * @throws {ArgumentError} if it is too much.
 */
export function assertScale(side: number, scale: number): void {
  const most = Math.max(1, Math.floor(limits.enlargedSide / side));
  if (scale <= most) return;
  throw new ArgumentError("scale", scale, `at most ${most} of images ${side} pixels wide or high`);
}
