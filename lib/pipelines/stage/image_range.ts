/**
 * The range of input images.
 *
 * @module
 */
import { described } from "../../show_value.ts";
import { ArgumentError } from "../../argument_error.ts";
import { clip } from "../../diffusion/threshold.ts";
import type { ModelSpec } from "../../diffusion/types.ts";
import type { Tensor } from "../../tensor.ts";

/** The tolerance around the range: the rounding error of resizing in single precision. */
const ROUNDING = 1e-4;

/**
 * Throws unless the values of images are within a range. A network would silently accept others and fail on them:
 * bytes from 0 to 255, for instance.
 *
 * @param name The argument to blame.
 * @param x The images.
 * @param range Black and white.
 * @throws {ArgumentError} if a value is out of the range, or not a number.
 */
export function assertImageRange(name: string, x: Tensor, [black, white]: ModelSpec["range"]): void {
  const wrong = x.data.findIndex((value) => !(value >= black - ROUNDING && value <= white + ROUNDING));
  if (wrong === -1) return;
  const expected = Number.isFinite(x.data[wrong]) ? `a number in [${black}, ${white}]` : "a finite number";
  throw new ArgumentError(name, described(`${x.data[wrong]} at index ${wrong}`), expected);
}

/**
 * A first stage's images as a second stage takes them: clipped to the range, which they exceed if the scheduler does not
 * clip.
 *
 * @param drawn The first stage's images.
 * @param model The first stage.
 */
export function withinRange(
  drawn: Tensor,
  { spec: { range } }: { readonly spec: Pick<ModelSpec, "range"> },
): Tensor {
  return clip(range)(drawn);
}
