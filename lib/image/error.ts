import { ArgumentError, type ArgumentErrorOptions } from "../argument_error.ts";
import { described } from "../show_value.ts";

/** Thrown for bytes that are no image, or not the image that is expected. Its argument is `bytes`. */
export class ImageError extends ArgumentError {
  /** The name of the class, as errors have it. */
  override name = "ImageError";

  /**
   * Makes an error.
   *
   * @param found What the bytes are, in words.
   * @param expected What is expected, as a noun.
   * @param options A note, the noun's number, the cause.
   */
  constructor(found: string, expected: string, options: ArgumentErrorOptions = {}) {
    super("bytes", described(found), expected, options);
  }
}
