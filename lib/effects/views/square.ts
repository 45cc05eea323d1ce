/**
 * The height and width of images that a view takes only if they are square.
 *
 * @param height The height.
 * @param width The width.
 * @param divisor What the size must be a multiple of.
 * @throws {RangeError} if they are not.
 */
export function squareSize(height: number, width: number, divisor: number = 1): number {
  if (height !== width) {
    throw new RangeError(`x: pictures of ${height} x ${width} where squares are expected, for this view`);
  }
  if (height % divisor !== 0) {
    throw new RangeError(
      `x: pictures of ${height} x ${width} where a multiple of ${divisor} is expected, for this view`,
    );
  }
  return height;
}
