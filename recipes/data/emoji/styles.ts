/** The icon sets as styles: which words of a caption mean which look. */
import { type IconPackage, packages } from "./packages.ts";

/** Where a style's icons are. */
export interface StyleSource {
  /** The package. */
  readonly package: string;
  /** What stands after an icon's name where the package draws it in this look; defaults to nothing. */
  readonly suffix?: string;
}

/** Pictures that fill the square: a thing before a ground of brush strokes, or of light and shade. */
export interface Bleed {
  /** Its phrases in captions; the first is the usual one. */
  readonly phrases: readonly string[];
  /** The kind of ground. */
  readonly kind: "strokes" | "backdrop";
}

/** A style and its phrases in captions. */
export interface Style {
  /** Its name in files. */
  readonly id: string;
  /** The packages that draw so. */
  readonly sources: readonly StyleSource[];
  /** Other packages for scenes that most of the sets have no icon of. */
  readonly scenic?: readonly StyleSource[];
  /** The phrases before "a rocket ship" in a caption; the first is the usual one. A ground is white unless the caption names one. */
  readonly phrases: readonly string[];
  /** The style's pictures that fill the square. */
  readonly bleed?: Bleed;
  /** Which colours a thing can have: any; one, that of the ink; or the style's fixed ones. */
  readonly colours: "any" | "ink" | "fixed";
  /** How often the pairs of this style occur in an epoch. */
  readonly weight: number;
  /** The fraction of the style's captions that name no style: what a plain prompt generates. */
  readonly plain: number;
  /** The fraction of the style's captions that name nothing: what "a high quality photo" generates. */
  readonly generic: number;
}

const style = (
  id: string,
  sources: string,
  phrases: readonly string[],
  rest: Partial<Style> = {},
): Style => ({
  id,
  sources: sources.split(" ").map((source) => {
    const [name, suffix] = source.split("+");
    return suffix ? { package: name, suffix } : { package: name };
  }),
  phrases,
  colours: "any",
  weight: 1,
  plain: 0,
  generic: 0,
  ...rest,
});

/**
 * The styles; a source is written `package+suffix`.
 *
 * A prompt without a style should give one look, not the mean of all, so plain captions come from the two sets that are
 * shaded and detailed alone. Likewise "a high quality photo" is one of the set whose pictures are called photos: of all
 * together a small network draws blots. The styles that plain, generic and the report's prompts draw in are seen more often.
 */
export const styles: readonly Style[] = [
  style("noto", "noto", ["a drawing of", "a coloured drawing of"], {
    bleed: { phrases: ["an oil painting of", "a painting of"], kind: "strokes" },
    weight: 3,
    plain: 0.6,
  }),
  style("noto-v1", "noto-v1", ["a watercolor of", "a watercolour of", "a sticker of"]),
  style("twemoji", "twemoji", ["a flat icon of", "an icon of"]),
  style("fluent-emoji", "fluent-emoji", ["a 3d render of", "a render of"], {
    bleed: { phrases: ["a photo of", "a photograph of"], kind: "backdrop" },
    weight: 3,
    plain: 0.25,
    generic: 0.3,
  }),
  style("fluent-emoji-flat", "fluent-emoji-flat", ["a flat illustration of", "a poster of"]),
  style(
    "fluent-emoji-high-contrast",
    "fluent-emoji-high-contrast emojione-monotone",
    ["a lithograph of", "a woodcut of", "a black and white print of"],
    { scenic: [{ package: "game-icons" }, { package: "mdi" }], colours: "ink", weight: 2 },
  ),
  style("emojione", "emojione", ["an illustration of", "a picture book illustration of"]),
  style("fxemoji", "fxemoji", ["a cartoon of", "a comic of"]),
  style("pictogram", "mdi ph+-fill tabler+-filled", ["a pictogram of", "a symbol of"], { colours: "ink" }),
  style("line", "ph ph+-bold tabler mdi+-outline", ["a line drawing of", "an outline of"], {
    colours: "ink",
  }),
  style("duotone", "ph+-duotone", ["a duotone drawing of", "a gray drawing of"], { colours: "fixed" }),
  style("silhouette", "game-icons", ["a silhouette of", "a stencil of"], { colours: "ink" }),
  style("pixel", "pixelarticons streamline-pixel", ["pixel art of", "a pixel drawing of"], {
    colours: "ink",
  }),
  style("doodle", "streamline-emojis", ["a doodle of", "a scribble of"]),
  style("blueprint", "streamline-color streamline-flex-color streamline-plump-color", [
    "a blueprint of",
    "a blue drawing of",
  ], { colours: "fixed" }),
  style("icon-park", "icon-park", ["a blue icon of", "a bold blue icon of"], { colours: "fixed" }),
];

/** The packages of styles, each once. */
export function packagesOf(list: readonly Style[]): IconPackage[] {
  const used = new Set(
    list.flatMap(({ sources, scenic = [] }) => [...sources, ...scenic].map((source) => source.package)),
  );
  return packages.filter(({ id }) => used.has(id));
}

/** A style's packages, with their versions. */
export function packageNames(style: Style): string[] {
  return packagesOf([style]).map(({ id, version }) => `@iconify-json/${id}@${version}`);
}
