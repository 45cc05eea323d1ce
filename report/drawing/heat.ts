/** Where attention falls, laid over a picture. */
import { map, type Tensor } from "../../lib/tensor.ts";

/** How much is left of the picture where nothing falls. */
const DARK = 0.08;

/**
 * A picture lit by a heat map: bright where the map is at its largest, dark where it is at its smallest.
 *
 * @param picture `[C, H, W]` in [-1, 1]
 * @param heat `[H, W]`, of any range.
 * @returns `[C, H, W]` in [-1, 1]
 */
export function lit(picture: Tensor, heat: Tensor): Tensor {
  const [least, most] = [Math.min(...heat.data), Math.max(...heat.data)];
  const pixels = heat.data.length;
  return map(picture, (value, i) => {
    // The same everywhere is bright everywhere.
    const light = most > least ? (heat.data[i % pixels] - least) / (most - least) : 1;
    return (value + 1) * (DARK + (1 - DARK) * light) - 1;
  });
}
