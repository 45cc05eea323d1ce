/** Images as they are. @module */
import type { View } from "./view.ts";

/** The view that changes nothing: images upright. */
export function identity(): View {
  return { apply: (x) => x, undo: (x) => x, undoVariance: (variance) => variance };
}
