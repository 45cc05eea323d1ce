/** Images upside down, as in a lake. @module */
import { permutedPixels, type View } from "./view.ts";

/** Upside down: the rows in reverse order. */
export function flip(): View {
  return permutedPixels((height, width) =>
    Int32Array.from({ length: height * width }, (_, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      return (height - 1 - row) * width + column;
    })
  );
}
