/**
 * The range of the images that come in.
 *
 * @module
 */
import { described } from "../../show_value.ts";
import { ArgumentError } from "../../argument_error.ts";
import { clip } from "../../diffusion/threshold.ts";
import type { ModelSpec } from "../../diffusion/types.ts";
import type { Tensor } from "../../tensor.ts";

/** How far a value may be out of the range: what single precision rounds where images are resized. */
const ROUNDING = 1e-4;

/**
 * Throws unless the values of images are within a range. A network takes others without a word and makes nothing of them:
 * bytes from 0 to 255, for instance.
 *
 * @param name The argument to blame.
 * @param x The images.
 * @param range Black and white.
 * @throws {ArgumentError} if a value is out of the range, or no number.
 */
export function assertImageRange(name: string, x: Tensor, [black, white]: ModelSpec["range"]): void {
  const wrong = x.data.findIndex((value) => !(value >= black - ROUNDING && value <= white + ROUNDING));
  if (wrong === -1) return;
  const expected = Number.isFinite(x.data[wrong]) ? `a number in [${black}, ${white}]` : "a finite number";
  throw new ArgumentError(name, described(`${x.data[wrong]} at index ${wrong}`), expected);
}

/**
 * What a first stage has drawn, as a second one takes it: within the range, which a network leaves whose scheduler holds nothing
 * to it.
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
