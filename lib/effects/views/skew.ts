/** Skewed images. @module */
import { ArgumentError } from "../../argument_error.ts";
import { permutedPixels, type View } from "./view.ts";

/**
 * Skewed: each column is moved down by `slope` times its distance from the middle, and what leaves at one edge comes back
 * at the other.
 *
 * @param slope By how many pixels a column is moved further than the one before; 1.5 as in Visual Anagrams.
 * @throws {ArgumentError} if the slope is not a finite number.
 */
export function skew(slope: number = 1.5): View {
  if (!Number.isFinite(slope)) throw new ArgumentError("slope", slope, "a finite number");
  return permutedPixels((height, width) =>
    Int32Array.from({ length: height * width }, (_, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      const shift = Math.trunc(slope * (column - height / 2));
      return (((row - shift) % height) + height) % height * width + column;
    })
  );
}
