/** Captions of training pictures. */
import type { Draw } from "../scene/draw.ts";
import { describeIcon } from "./keywords.ts";
import type { Catalog } from "./catalog.ts";
import { colourWords, groundWords } from "./colours.ts";
import type { Behind, Description, Thing } from "./describe.ts";
import { type Ground, groundIds, grounds } from "./grounds.ts";
import { type Name, withoutArticle } from "./names.ts";
import { proportions, type Relation } from "./proportions.ts";

const { caption: probabilities } = proportions;

/** Generic captions, without a thing or a style. */
export const genericCaptions: readonly string[] = [
  "a high quality photo",
  "a high quality picture",
  "a high quality image",
];

/** Words for sizes; the first is the usual one. */
export const sizeWords = { small: ["small", "tiny"], big: ["big", "large"] } as const;

/** The phrase for a thing upside down. */
export const UPSIDE_DOWN = "upside down";

/** Spatial relations: A and B are placeholders for things; the first phrase is the usual one. */
export const relationPhrases: Readonly<Record<Relation, readonly string[]>> = {
  beside: ["A next to B", "A and B", "A beside B"],
  left: ["A to the left of B", "A left of B"],
  right: ["A to the right of B", "A right of B"],
  on: ["A on B", "A on top of B"],
  under: ["A under B", "A below B"],
  above: ["A above B", "A over B"],
  front: ["A in front of B"],
  behind: ["A behind B"],
  far: ["A with B far away", "A with B in the distance"],
};

/** Phrases for a ground of one colour, which replaces COLOUR. */
export const plainGroundPhrases = ["on a COLOUR background", "before a COLOUR wall", "on COLOUR"] as const;

/** A style's phrase alone: "an oil painting of" becomes "an oil painting". */
export function bareStyle(phrase: string): string {
  return phrase.replace(/ of$/, "");
}

/** "an" before a vowel's letter, "a" before others. */
function article(next: string): string {
  return /^[aeio]|^u(?!ni|f)/.test(next) ? "an" : "a";
}

/** A name's phrase with words before it: "an apple" and "red" become "a red apple". */
export function withWords(phrase: string, words: readonly string[]): string {
  if (words.length === 0) return phrase;
  const before = /^(an?|the) /.exec(phrase)?.[1];
  const noun = [...words, withoutArticle(phrase)].join(" ");
  return before === undefined ? noun : before === "the" ? `the ${noun}` : `${article(noun)} ${noun}`;
}

/** Words related to a name that its phrases lack. */
export function keywordsOf({ layers, phrases, looks }: Name): string[] {
  const said = new Set([...phrases, ...looks].flatMap((phrase) => phrase.split(" ")));
  const keywords = layers.length === 1 ? describeIcon(layers[0].icon)?.keywords ?? [] : [];
  return keywords.filter((keyword) => !said.has(keyword));
}

function thingPhrase({ names, styles }: Catalog, thing: Thing, draw: Draw): string {
  const { phrases, looks } = names[thing.picture.name];
  const usual = thing.picture.usual && styles[thing.picture.style].colours === "any";
  const phrase = draw.usual(
    usual && !thing.colour && !thing.upsideDown ? [...phrases, ...looks] : phrases,
    probabilities.usual,
  );
  const words = [
    ...thing.size ? [draw.usual(sizeWords[thing.size])] : [],
    ...thing.upsideDown ? [UPSIDE_DOWN] : [],
    ...thing.colour ? [thing.colour] : [],
  ];
  return withWords(phrase, words);
}

function groundPhrase(behind: Behind, draw: Draw): string {
  if (behind.kind === "white") return "";
  if (behind.kind === "drawn") {
    return ` ${draw.usual((grounds[behind.ground] as Ground).phrases, probabilities.usual)}`;
  }
  return ` ${draw.usual<string>(plainGroundPhrases, probabilities.usual).replace("COLOUR", behind.colour)}`;
}

/** Whether a picture shows a single thing without attributes. */
function isSimple({ thing, other, behind }: Description): boolean {
  return !other && behind.kind === "white" && !thing.size && !thing.colour && !thing.upsideDown;
}

/**
 * Draws a caption of a picture: its style, things and ground, mostly in their usual phrases. A fraction of those in the default
 * styles names no style; some are the style's phrase alone; of those of one centred thing some have no article.
 *
 * @param catalog The names and styles.
 * @param description What the picture shows.
 * @param draw The source of randomness.
 */
export function captionOf(catalog: Catalog, description: Description, draw: Draw): string {
  const { thing, other, behind, bleed } = description;
  const style = catalog.styles[thing.picture.style];
  const before = draw.usual(bleed ? style.bleed!.phrases : style.phrases, probabilities.usual);
  const simple = isSimple(description);
  if (simple && draw.chance(probabilities.nothing)) return bareStyle(before);
  const plain = !bleed && draw.chance(style.plain);
  const first = thingPhrase(catalog, thing, draw);
  const things = other
    ? draw.usual(relationPhrases[other.relation], probabilities.usual)
      .replace("A", first).replace("B", thingPhrase(catalog, other.thing, draw))
    : simple && draw.chance(probabilities.bare)
    ? withoutArticle(first)
    : first;
  return (plain ? "" : `${before} `) + things + groundPhrase(behind, draw);
}

/**
 * Draws a training caption of a picture: in the style of generic captions, a fraction of the simple pictures
 * that fill the square has one of these.
 *
 * @param catalog The names and styles.
 * @param description What the picture shows.
 * @param draw The source of randomness.
 */
export function trainingCaption(catalog: Catalog, description: Description, draw: Draw): string {
  const { bleed: fills, generic } = catalog.styles[description.thing.picture.style];
  const photo = isSimple(description) && (description.bleed || !fills);
  if (photo && draw.chance(generic)) return draw.usual(genericCaptions, probabilities.usual);
  return captionOf(catalog, description, draw);
}

/** A kind of words besides names and styles. */
export interface SceneWords {
  /** What they describe. */
  readonly kind: string;
  /** The phrases. */
  readonly phrases: readonly string[];
}

/** The words of captions besides names and styles. */
export const sceneWords: readonly SceneWords[] = [
  { kind: "colours", phrases: colourWords },
  { kind: "sizes", phrases: Object.values(sizeWords).flat() },
  { kind: "turned", phrases: [UPSIDE_DOWN] },
  { kind: "two things", phrases: Object.values(relationPhrases).flat() },
  {
    kind: "grounds",
    phrases: [
      ...plainGroundPhrases.flatMap((phrase) => groundWords.map((word) => phrase.replace("COLOUR", word))),
      ...groundIds.flatMap((id) => grounds[id].phrases),
    ],
  },
];

/** Every phrase that captions are made of, once. */
export function captionParts({ names, styles }: Pick<Catalog, "names" | "styles">): string[] {
  return [
    ...genericCaptions,
    ...sceneWords.flatMap(({ phrases }) => phrases.map((phrase) => phrase.replace(/[AB] | [AB]/g, ""))),
    ...styles.flatMap(({ phrases, bleed }) => [...phrases, ...bleed?.phrases ?? []]),
    ...names.flatMap((name) => [...name.phrases, ...name.looks]),
  ];
}
