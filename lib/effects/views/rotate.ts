/** Turned images. @module */
import { ArgumentError } from "../../argument_error.ts";
import { squareSize } from "./square.ts";
import { permutedPixels, type View } from "./view.ts";

/**
 * Turned clockwise.
 *
 * @param degrees 90, 180 or 270; squares alone are turned by the first and the last.
 * @throws {ArgumentError} if `degrees` is another number; the view, if images are not square.
 */
export function rotate(degrees: 90 | 180 | 270): View {
  switch (degrees) {
    case 90:
      return permutedPixels((height, width) => quarter(squareSize(height, width)));
    case 180:
      return permutedPixels((height, width) =>
        Int32Array.from({ length: height * width }, (_, i) => height * width - 1 - i)
      );
    case 270:
      return permutedPixels((height, width) => quarter(squareSize(height, width)).toReversed());
    default:
      throw new ArgumentError("degrees", degrees, "90, 180 or 270");
  }
}

/** Turned clockwise by 90 degrees: what is first row becomes last column. */
function quarter(size: number): Int32Array {
  return Int32Array.from({ length: size * size }, (_, i) => {
    const [row, column] = [Math.floor(i / size), i % size];
    return (size - 1 - column) * size + row;
  });
}
