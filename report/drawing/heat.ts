/** Where attention falls, laid over a picture. */
import { full, map, type Tensor } from "../../lib/tensor.ts";

/** How much is left of the picture where nothing falls. */
const DARK = 0.08;

/**
 * A picture lit by a heat map: as it is where the map reaches the top of the scale, dark where it is zero.
 *
 * @param picture `[C, H, W]` in [-1, 1]
 * @param heat `[H, W]`, not negative.
 * @param most The top of the scale, above zero: maps that are lit by one scale can be compared. What is larger is as bright.
 * @returns `[C, H, W]` in [-1, 1]
 */
export function lit(picture: Tensor, heat: Tensor, most: number): Tensor {
  const pixels = heat.data.length;
  return map(picture, (value, i) => {
    const light = Math.min(1, heat.data[i % pixels] / most);
    return (value + 1) * (DARK + (1 - DARK) * light) - 1;
  });
}

/**
 * The scale of lit pictures as a picture: white, lit from nothing on its left to everything on its right.
 *
 * @param size Its sides, in pixels.
 * @returns `[3, H, W]` in [-1, 1]
 */
export function lightScale(size: number): Tensor {
  const heat = full([size, size], 0);
  heat.data.forEach((_, i) => heat.data[i] = (i % size) / (size - 1));
  return lit(full([3, size, size], 1), heat, 1);
}
