/** What the pictures are called in training. */
import type { Generator } from "../../../lib/random.ts";
import type { EmojiEntry, EmojiName, EmojiStyle } from "./set.ts";
import { withoutArticle } from "./names.ts";

/** One caption in twenty names nothing. */
const GENERIC = 0.05;
/** How often the usual phrase stands, of those that there are. */
const USUAL = 0.6;
/** How often the article is left out. */
const BARE = 0.1;
/** How often a keyword follows. */
const KEYWORD = 0.05;

/** Captions that name nothing, and no style either. */
export const genericCaptions: readonly string[] = [
  "a high quality photo",
  "a high quality picture",
  "a high quality image",
];

/** The names and styles of a set. */
export interface Captioned {
  /** What pictures show. */
  readonly names: readonly EmojiName[];
  /** What they look like. */
  readonly styles: readonly EmojiStyle[];
}

/** A style's phrase alone: "an oil painting of" becomes "an oil painting". */
export function bareStyle(phrase: string): string {
  return phrase.replace(/ of$/, "");
}

/**
 * Draws a caption of a picture: a style and a name, mostly by their usual phrases. One in twenty is generic or names the
 * style alone; a share of those in the default styles names no style; some have no article, or a keyword after them.
 *
 * The vocabulary is learned from these. What a network is shown is {@linkcode trainingCaption}.
 *
 * @param set The set that the picture is of.
 * @param entry The picture.
 * @param generator Where the choice comes from.
 */
export function captionOf({ names, styles }: Captioned, entry: EmojiEntry, generator: Generator): string {
  const { phrases, keywords } = names[entry.name];
  const style = styles[entry.style];
  const { chance, one, usual } = choices(generator);

  if (chance(GENERIC)) return chance(0.5) ? bareStyle(usual(style.phrases)) : one(genericCaptions);
  const before = chance(style.plain) ? "" : `${usual(style.phrases)} `;
  const phrase = usual(phrases);
  const name = chance(BARE) ? withoutArticle(phrase) : phrase;
  const after = keywords.length > 0 && chance(KEYWORD) ? `, ${one(keywords)}` : "";
  return before + name + after;
}

/**
 * Draws a caption of a picture as a network is shown it: in the style of generic captions a share of them is generic, in the
 * others the style alone takes their place. These shares are none of the vocabulary's, so that a network can go on learning
 * when they change.
 *
 * @param set The set that the picture is of.
 * @param entry The picture.
 * @param generator Where the choice comes from.
 */
export function trainingCaption(set: Captioned, entry: EmojiEntry, generator: Generator): string {
  const { generic, phrases } = set.styles[entry.style];
  const { chance, usual } = choices(generator);
  if (chance(generic)) return usual(genericCaptions);
  const caption = captionOf(set, entry, generator);
  return genericCaptions.includes(caption) ? bareStyle(phrases[0]) : caption;
}

/** What is drawn for a caption: whether something of a share happens, one of a list, one of which the first is the usual. */
function choices(generator: Generator) {
  const chance = (share: number) => generator.randomInt(1000) < 1000 * share;
  const one = <T>(list: readonly T[]): T => list[generator.randomInt(list.length)];
  const usual = (list: readonly string[]) =>
    list.length === 1 || chance(USUAL) ? list[0] : one(list.slice(1));
  return { chance, one, usual };
}

/** Every phrase that captions are made of, once. */
export function captionParts({ names, styles }: Captioned): string[] {
  return [
    ...genericCaptions,
    ...styles.flatMap(({ phrases }) => phrases),
    ...names.flatMap(({ phrases, keywords }) => [...phrases, ...keywords]),
  ];
}
