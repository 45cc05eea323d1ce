/** Sets whose images are drawn anew each time: no two epochs show the same ones. */
import type { Generator } from "../../lib/random.ts";
import type { PictureSet } from "./dataset.ts";

/** An image with its caption. */
export interface DrawnImage {
  /** The bytes `[channels, size, size]`, 0 for black to 255. */
  readonly image: Uint8Array;
  /** What it shows; empty where nothing is to be said. */
  readonly caption: string;
}

/** A set that draws an image for each of its subjects; `images` is empty. */
export interface DrawnSet extends PictureSet {
  /**
   * Draws an image of a subject. Every choice comes from the generator before the first wait, so that images may be drawn
   * side by side.
   *
   * @param subject Its number in the set.
   * @param generator Where every choice comes from.
   */
  draw(subject: number, generator: Generator): Promise<DrawnImage>;
}
