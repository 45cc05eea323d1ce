/** The limits of a run as a whole; those of single options are their fields'. */
export const limits = {
  /** Digits of a prompt. */
  digits: 64,
  /** Images of a run. */
  pictures: 1000,
  /** Total pixels of text-to-image runs, before enlarging. */
  pixels: 2 ** 24,
  /** Height and width of an image after enlarging. */
  enlargedSide: 8192,
} as const;
