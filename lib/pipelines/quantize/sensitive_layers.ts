/** Which layers should stay in floats. */
import type { Layer } from "./layers.ts";

/** The maximum fraction of the multiply-adds in floats. */
const SHARE = 0.2;

/** The error of all other layers together that is small enough: 40 decibels below the estimates. */
const ENOUGH = 1e-4;

/** A layer, and by how much the network's estimates change when it alone is in integers. */
export interface LayerError extends Layer {
  /** The mean square of the difference over that of the estimates. */
  readonly error: number;
}

/**
 * The layers that stay in floats: those whose error is largest for their multiply-adds, up to a fifth of all, until the others' errors,
 * added up, are 40 decibels below the estimates.
 *
 * @param layers All that could be in integers.
 * @returns Their paths, the worst first.
 */
export function sensitiveLayers(layers: readonly LayerError[]): string[] {
  let left = SHARE * layers.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
  let error = layers.reduce((sum, layer) => sum + layer.error, 0);
  const kept: string[] = [];
  for (const layer of layers.toSorted((a, b) => b.error / b.multiplyAdds - a.error / a.multiplyAdds)) {
    if (error <= ENOUGH) break;
    if (layer.multiplyAdds > left) continue;
    left -= layer.multiplyAdds;
    error -= layer.error;
    kept.push(layer.path);
  }
  return kept;
}
