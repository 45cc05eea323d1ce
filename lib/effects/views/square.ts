import { ArgumentError } from "../../argument_error.ts";
import { described } from "../../show_value.ts";

/**
 * The height and width of images that a view takes only if they are square.
 *
 * @param height The height.
 * @param width The width.
 * @param divisor What the size must be a multiple of.
 * @throws {ArgumentError} if they are not.
 */
export function squareSize(height: number, width: number, divisor: number = 1): number {
  if (height !== width) {
    throw new ArgumentError("x", described(`images of ${height} x ${width}`), "squares", {
      note: "for this view",
      plural: true,
    });
  }
  if (height % divisor !== 0) {
    throw new ArgumentError("x", described(`images of ${height} x ${width}`), `a multiple of ${divisor}`, {
      note: "for this view",
    });
  }
  return height;
}
