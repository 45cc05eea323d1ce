/** Images in opposite colours. @module */
import { scale } from "../../tensor.ts";
import type { View } from "./view.ts";

/**
 * Opposite colours: `-x`, for images whose black is the negative of their white. The learned variance has no
 * sign to change.
 */
export function negate(): View {
  const opposite: View["apply"] = (x) => scale(x, -1);
  return { apply: opposite, undo: opposite, undoVariance: (variance) => variance };
}
