/** Images in opposite colours. @module */
import { scale } from "../../tensor.ts";
import type { View } from "./view.ts";

/**
 * Opposite colours: `-x`, for images whose black is the negative of their white. What is learned of the variance has no
 * sign to change.
 */
export function negate(): View {
  const opposite: View["apply"] = (x) => scale(x, -1);
  return { apply: opposite, undo: opposite, undoVariance: (variance) => variance };
}
