/** Sets whose images are generated afresh each time: no two epochs are the same. */
import type { Generator } from "../../lib/random.ts";
import type { PictureSet } from "./dataset.ts";

/** An image with its caption. */
export interface DrawnImage {
  /** The bytes `[channels, size, size]`, 0 for black to 255. */
  readonly image: Uint8Array;
  /** Its caption; may be empty. */
  readonly caption: string;
}

/** A set that draws an image for each of its subjects; `images` is empty. */
export interface DrawnSet extends PictureSet {
  /**
   * Draws an image of a subject. All random choices are made before the first await, so that images can be drawn
   * concurrently.
   *
   * @param subject Its number in the set.
   * @param generator The source of randomness.
   */
  draw(subject: number, generator: Generator): Promise<DrawnImage>;
}
