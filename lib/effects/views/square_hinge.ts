/** Images of hinged squares. @module */
import { squareSize } from "./square.ts";
import { permutedPixels, type View } from "./view.ts";

/**
 * Nine squares, like those of a hinged toy: each is turned about its own middle, by 90 degrees clockwise or, its neighbours,
 * counterclockwise. Rows and columns that three squares leave over stay.
 */
export function squareHinge(): View {
  return permutedPixels((height, width) => {
    const size = squareSize(height, width);
    const side = Math.floor(size / 3);
    return Int32Array.from({ length: size * size }, (_, i) => {
      const [row, column] = [Math.floor(i / size), i % size];
      const [down, across] = [Math.floor(row / side), Math.floor(column / side)];
      if (down >= 3 || across >= 3) return i;
      const [y, x] = [row % side, column % side];
      const clockwise = (down + across) % 2 === 0;
      const [fromY, fromX] = clockwise ? [side - 1 - x, y] : [x, side - 1 - y];
      return (down * side + fromY) * size + across * side + fromX;
    });
  });
}
