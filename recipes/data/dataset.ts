/** The type of data sets: pictures as bytes, with class labels if any. */

/** A set of pictures of one size. */
export interface PictureSet {
  /** The bytes `[count, channels, size, size]`, 0 for black to 255. */
  readonly images: Uint8Array;
  /** The class of each picture, where the set has classes. */
  readonly labels?: Uint8Array;
  /** Number of pictures. */
  readonly count: number;
  /** 1 for gray, 3 for colour. */
  readonly channels: number;
  /** Height and width. */
  readonly size: number;
  /** A fingerprint of the set, if it has one. */
  readonly fingerprint?: string;
  /** The names of the classes: label n is `classes[n]`. */
  readonly classes?: readonly string[];
}

/** A set whose pictures all have a class. */
export type LabelledPictureSet = PictureSet & Required<Pick<PictureSet, "labels" | "classes">>;
