/** Which layers are not worth their integers. */
import type { Layer } from "./layers.ts";

/** The share of the multiply-adds that may stay in floats. */
const SHARE = 0.1;

/** A layer, and by how much the network's estimates change when it alone is in integers. */
export interface LayerError extends Layer {
  /** The mean square of the difference over that of the estimates. */
  readonly error: number;
}

/**
 * The layers that stay in floats: those that cost most for their multiply-adds, up to a tenth of all.
 *
 * @param layers All that could be in integers.
 * @returns Their paths, the worst first.
 */
export function sensitiveLayers(layers: readonly LayerError[]): string[] {
  let left = SHARE * layers.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
  const kept: string[] = [];
  for (const layer of layers.toSorted((a, b) => b.error / b.multiplyAdds - a.error / a.multiplyAdds)) {
    if (layer.multiplyAdds > left) continue;
    left -= layer.multiplyAdds;
    kept.push(layer.path);
  }
  return kept;
}
