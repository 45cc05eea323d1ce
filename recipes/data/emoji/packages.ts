/** The packages that icons come from. */

/** A package of icons. */
export interface IconPackage {
  /** Its name, below `@iconify-json/`. */
  readonly id: string;
  /** Its version: other versions draw some icons anew. */
  readonly version: string;
  /** The licence of the pictures, by SPDX. */
  readonly licence: string;
  /** Whose pictures they are. */
  readonly author: string;
}

const [google, microsoft, streamline] = ["Google Inc.", "Microsoft Corporation", "Streamline"];
const emojiTwo = "Emoji One and EmojiTwo";

const list: readonly (readonly [id: string, version: string, licence: string, author: string])[] = [
  ["noto", "1.2.9", "Apache-2.0", google],
  ["noto-v1", "1.2.5", "Apache-2.0", google],
  ["twemoji", "1.2.5", "CC-BY-4.0", "Twitter, Inc. and other contributors"],
  ["fluent-emoji", "1.2.7", "MIT", microsoft],
  ["fluent-emoji-flat", "1.2.6", "MIT", microsoft],
  ["fluent-emoji-high-contrast", "1.2.6", "MIT", microsoft],
  ["emojione", "1.2.3", "CC-BY-4.0", emojiTwo],
  ["emojione-monotone", "1.2.1", "CC-BY-4.0", emojiTwo],
  ["fxemoji", "1.2.2", "Apache-2.0", "Mozilla"],
  ["game-icons", "1.2.4", "CC-BY-3.0", "Lorc, Delapouite and other authors of game-icons.net"],
  ["icon-park", "1.2.4", "Apache-2.0", "ByteDance"],
  ["mdi", "1.2.3", "Apache-2.0", "Pictogrammers"],
  ["ph", "1.2.2", "MIT", "Phosphor Icons"],
  ["pixelarticons", "1.2.9", "MIT", "Gerrit Halfmann"],
  ["streamline-color", "1.2.2", "CC-BY-4.0", streamline],
  ["streamline-emojis", "1.2.4", "CC-BY-4.0", streamline],
  ["streamline-flex-color", "1.2.2", "CC-BY-4.0", streamline],
  ["streamline-pixel", "1.2.0", "CC-BY-4.0", streamline],
  ["streamline-plump-color", "1.2.2", "CC-BY-4.0", streamline],
  ["tabler", "1.2.41", "MIT", "Paweł Kuna"],
];

/** All packages, each under a licence without share-alike. */
export const packages: readonly IconPackage[] = list.map(([id, version, licence, author]) => {
  return { id, version, licence, author };
});

/** Packages that call an icon as Unicode calls the emoji, with hyphens. The others' names stand in the table of icons. */
export const emojiNamed: ReadonlySet<string> = new Set(
  packages.slice(0, 9).map(({ id }) => id),
);
