/** Attention maps over pictures. */
import { full, map, type Tensor } from "../../lib/tensor.ts";

/** The brightness of the picture where there is no attention. */
const DARK = 0.08;

/**
 * A picture highlighted by a heat map: unchanged where the map reaches the top of the scale, dark where it is zero.
 *
 * @param picture `[C, H, W]` in [-1, 1]
 * @param heat `[H, W]`, not negative.
 * @param most The top of the scale, above zero: maps with the same scale can be compared. Larger values are clipped.
 * @returns `[C, H, W]` in [-1, 1]
 */
export function highlight(picture: Tensor, heat: Tensor, most: number): Tensor {
  const pixels = heat.data.length;
  return map(picture, (value, i) => {
    const light = Math.min(1, heat.data[i % pixels] / most);
    return (value + 1) * (DARK + (1 - DARK) * light) - 1;
  });
}

/**
 * The colour scale as a picture: from dark on its left to white on its right.
 *
 * @param size Its sides, in pixels.
 * @returns `[3, H, W]` in [-1, 1]
 */
export function lightScale(size: number): Tensor {
  const heat = full([size, size], 0);
  heat.data.forEach((_, i) => heat.data[i] = (i % size) / (size - 1));
  return highlight(full([3, size, size], 1), heat, 1);
}
