/** The icon sets as styles: which words of a caption mean which set. */

/** One icon set, and how a caption asks for its look. */
export interface Style {
  /** The set, a package of `@iconify-json/`. */
  readonly id: string;
  /** The package's version: other versions draw some icons anew. */
  readonly version: string;
  /** The licence of the pictures, by SPDX. */
  readonly licence: string;
  /** Whose pictures they are. */
  readonly author: string;
  /** What stands before "a rocket ship" in a caption; the first is the usual one. */
  readonly phrases: readonly string[];
  /** The share of the set's captions that name no style: what a plain prompt draws. */
  readonly plain: number;
  /** The share of the set's captions that name nothing: what "a high quality photo" draws. */
  readonly generic: number;
}

/**
 * The eight sets that npm serves under licences without share-alike.
 *
 * A prompt without a style should give one look, not the mean of eight, so plain captions come from the two sets that are
 * shaded and detailed alone. Likewise "a high quality photo" is one of the set whose pictures are called photos: of all eight
 * together a small network draws blots.
 */
export const styles: readonly Style[] = [
  {
    id: "noto",
    version: "1.2.9",
    licence: "Apache-2.0",
    author: "Google Inc.",
    phrases: ["an oil painting of", "a painting of", "a drawing of"],
    plain: 0.35,
    generic: 0,
  },
  {
    id: "noto-v1",
    version: "1.2.5",
    licence: "Apache-2.0",
    author: "Google Inc.",
    phrases: ["a watercolor of", "a watercolour of", "a sticker of"],
    plain: 0,
    generic: 0,
  },
  {
    id: "twemoji",
    version: "1.2.5",
    licence: "CC-BY-4.0",
    author: "Twitter, Inc. and other contributors",
    phrases: ["a flat icon of", "an icon of"],
    plain: 0,
    generic: 0,
  },
  {
    id: "fluent-emoji",
    version: "1.2.7",
    licence: "MIT",
    author: "Microsoft Corporation",
    phrases: ["a photo of", "a photograph of", "a 3d render of"],
    plain: 0.15,
    generic: 0.5,
  },
  {
    id: "fluent-emoji-flat",
    version: "1.2.6",
    licence: "MIT",
    author: "Microsoft Corporation",
    phrases: ["a flat illustration of", "a poster of"],
    plain: 0,
    generic: 0,
  },
  {
    id: "fluent-emoji-high-contrast",
    version: "1.2.6",
    licence: "MIT",
    author: "Microsoft Corporation",
    phrases: ["a lithograph of", "a woodcut of", "a black and white print of"],
    plain: 0,
    generic: 0,
  },
  {
    id: "emojione",
    version: "1.2.3",
    licence: "CC-BY-4.0",
    author: "Emoji One",
    phrases: ["an illustration of", "a picture book illustration of"],
    plain: 0,
    generic: 0,
  },
  {
    id: "fxemoji",
    version: "1.2.2",
    licence: "Apache-2.0",
    author: "Mozilla",
    phrases: ["a cartoon of", "a comic of"],
    plain: 0,
    generic: 0,
  },
];
