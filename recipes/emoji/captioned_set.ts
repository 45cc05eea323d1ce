/** What the cascade is trained on. */
import type { Generator } from "../../lib/random.ts";
import type { PictureSet } from "../data/dataset.ts";

/** Pictures in colour with captions. */
export interface CaptionedSet extends PictureSet {
  /** The vocabulary of all captions, a `spiece.model`. */
  readonly tokenizer: Uint8Array;
  /** Draws a caption of a picture. */
  caption(picture: number, generator: Generator): string;
}
