/** The limits of a run as a whole; those of single options are their fields'. */
export const limits = {
  /** Digits of a prompt. */
  digits: 64,
  /** Pictures of a run. */
  pictures: 1000,
  /** Pixels of all pictures of texts together, before they are enlarged. */
  pixels: 2 ** 24,
  /** Height and width of a picture after it is enlarged. */
  enlargedSide: 8192,
} as const;
