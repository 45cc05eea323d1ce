/** Thrown for bytes that are no image, a damaged one, or one that is too large. */
export class ImageError extends Error {
  /** The name of the class, as errors have it. */
  override name = "ImageError";
}
