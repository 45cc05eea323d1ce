/** Images whose middle is turned. @module */
import { squareSize } from "./square.ts";
import { permutedPixels, type View } from "./view.ts";

/** The disc in the middle, of three quarters of the width, turned by 180 degrees; what is around it stays. */
export function innerCircle(): View {
  return permutedPixels((height, width) => {
    const size = squareSize(height, width);
    return Int32Array.from({ length: size * size }, (_, i) => {
      // Twice the distances from the middle are whole numbers: what is symmetric is so exactly.
      const [y, x] = [2 * Math.floor(i / size) + 1 - size, 2 * (i % size) + 1 - size];
      return 16 * (x * x + y * y) < 9 * size * size ? size * size - 1 - i : i;
    });
  });
}
