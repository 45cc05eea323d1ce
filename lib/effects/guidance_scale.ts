/**
 * The range of guidance scales, and their meaning in a sentence.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";

/**
 * The largest guidance scale, and below 0 the smallest. Scales of use are below 30; far beyond this one, estimates leave
 * single precision and images are black.
 */
export const guidanceLimit = 1000;

/** What a guidance scale means, for helps and forms. */
export const guidanceMeaning =
  "how far to go from the image without the text towards the one with it: 0 ignores the text, 1 is the text alone, more exaggerates it";

/**
 * Throws unless a guidance scale is one.
 *
 * @param name The argument to blame.
 * @param scale The scale.
 * @param min The smallest that is allowed.
 * @throws {ArgumentError} if it is not a number in the range.
 */
export function assertGuidanceScale(name: string, scale: number, min: number = -guidanceLimit): void {
  if (!Number.isFinite(scale)) throw new ArgumentError(name, scale, "a finite number");
  if (scale >= min && scale <= guidanceLimit) return;
  throw new ArgumentError(name, scale, `a number from ${min} to ${guidanceLimit}`);
}
