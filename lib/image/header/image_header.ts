/** What is known of a file before it is decoded. */

/** What the head of a file says. */
export interface ImageHeader {
  /** The format. */
  readonly format: "PNG" | "JPEG" | "GIF";
  /** Pixels in a row, as stored. */
  readonly width: number;
  /** Number of rows, as stored. */
  readonly height: number;
  /** EXIF's 1 to 8: how a camera was held. 1 means that the image is stored upright. */
  readonly orientation: number;
}
