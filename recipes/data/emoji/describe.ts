/** What a picture shows, in words that a program reads: captions and scenes are both made from it, so that they agree. */
import type { Draw } from "../scene/draw.ts";
import type { Catalog, Picture } from "./catalog.ts";
import {
  type Colour,
  colourDistance,
  colours,
  colourWords,
  type GroundColour,
  groundColours,
  groundWords,
} from "./colours.ts";
import { type Ground, type GroundId, groundIds, grounds } from "./grounds.ts";
import { isHeldOutColour, isHeldOutTogether } from "./held_out.ts";
import { isScenic } from "./names.ts";
import { proportions, type Relation } from "./proportions.ts";

/** A thing of a picture. */
export interface Thing {
  /** The icon. */
  readonly picture: Picture;
  /** The colour that it is given. */
  readonly colour?: Colour;
  /** How large it is, where that is said. */
  readonly size?: "small" | "big";
  /** Whether it stands on its head. */
  readonly upsideDown?: boolean;
}

/** What is behind the things: white, one colour, or a ground that is drawn. */
export type Behind =
  | { readonly kind: "white" }
  | { readonly kind: "plain"; readonly colour: GroundColour }
  | { readonly kind: "drawn"; readonly ground: GroundId };

/** A picture. */
export interface Description {
  /** What it shows. */
  readonly thing: Thing;
  /** What else it shows. */
  readonly other?: { readonly thing: Thing; readonly relation: Relation };
  /** What is behind. */
  readonly behind: Behind;
  /** Whether it fills the square, in the way of its style. */
  readonly bleed: boolean;
}

/** What a description may be made of. */
export interface DescribeOptions {
  /** The pictures that may stand beside the thing, by style. */
  readonly others: readonly (readonly Picture[])[];
  /** Whether it is for training: what is held out together, or in a colour, is not drawn. */
  readonly training: boolean;
}

/** A thing and its ground are at least so far apart in colour. */
const CONTRAST = 0.27;

/** A thing on its head is told from an upright one if it differs from it by so much. */
const UPRIGHT = 0.3;

/**
 * Draws what a picture shows.
 *
 * @param catalog The names and styles.
 * @param picture The icon that must be in it.
 * @param draw Where every choice comes from.
 */
export function describe(
  catalog: Catalog,
  picture: Picture,
  draw: Draw,
  options: DescribeOptions,
): Description {
  const style = catalog.styles[picture.style];
  const bleed = style.bleed !== undefined && draw.chance(proportions.bleed);
  const centred: Description = { thing: { picture }, behind: { kind: "white" }, bleed };
  const { composed } = proportions;
  if (draw.chance(proportions.centred)) return centred;
  if (!isLoose(catalog, picture)) {
    const colour = drawGroundColour(draw, [{ picture }]);
    return draw.chance(composed.ground.white) || !colour || isPanel(catalog, picture)
      ? centred
      : { ...centred, behind: { kind: "plain", colour } };
  }
  const thing = drawThing(catalog, picture, proportions.thing, draw, options.training);
  const other = draw.chance(composed.two) ? drawOther(catalog, thing, draw, options) : undefined;
  const things = other ? [thing, other.thing] : [thing];
  return { thing, other, behind: drawBehind(catalog, things, draw), bleed };
}

/** Icons that cover so much of their box are no things that could stand before something. */
const TILE = 0.97;

/** Scenes that cover so much of their box are pictures of their own, up to round corners: they can fill the square. */
const PANEL = 0.8;

/** Whether an icon is a scene of its own, with its own ground. */
export function isPanel({ names }: Pick<Catalog, "names">, { name, measures }: Picture): boolean {
  return isScenic(names[name]) && measures.cover > PANEL;
}

/** Whether an icon is a thing that can stand somewhere. */
function isLoose({ names }: Catalog, { name, measures }: Picture): boolean {
  return measures.cover <= TILE && !isScenic(names[name]);
}

function drawThing(
  { names, styles }: Catalog,
  picture: Picture,
  probabilities: {
    readonly colour: number;
    readonly small: number;
    readonly big: number;
    readonly upsideDown: number;
  },
  draw: Draw,
  training: boolean,
): Thing {
  const { name } = names[picture.name];
  const colour = draw.one(colourWords);
  const allowed = styles[picture.style].colours !== "fixed" && !(training && isHeldOutColour(name, colour));
  const coloured = draw.chance(probabilities.colour) && allowed;
  const size = draw.chance(probabilities.small)
    ? "small"
    : draw.chance(probabilities.big)
    ? "big"
    : undefined;
  const upsideDown = draw.chance(probabilities.upsideDown) && picture.measures.upright > UPRIGHT;
  return { picture, ...(coloured && { colour }), ...(size && { size }), ...(upsideDown && { upsideDown }) };
}

function drawOther(
  catalog: Catalog,
  { picture, size }: Thing,
  draw: Draw,
  { others, training }: DescribeOptions,
): Description["other"] {
  const name = (one: Picture) => catalog.names[one.name].name;
  const fits = others[picture.style].filter((one) =>
    one.name !== picture.name && isLoose(catalog, one) &&
    !(training && isHeldOutTogether(name(one), name(picture)))
  );
  if (fits.length === 0) return undefined;
  const thing = drawThing(catalog, draw.one(fits), proportions.second, draw, training);
  // Of two that are told by their sizes, one is enough.
  const { size: _, ...unsized } = thing;
  return { thing: size ? unsized : thing, relation: drawRelation(catalog, picture, draw) };
}

/** How two things stand. Icons of lines are never drawn over each other: nobody could tell them apart. */
function drawRelation({ styles }: Catalog, { style }: Picture, draw: Draw): Relation {
  const relation = draw.choice(proportions.relation);
  const over = relation === "front" || relation === "behind";
  return over && styles[style].colours !== "any" ? "beside" : relation;
}

/** The colour that a thing is seen in; of icons of one ink, which black is drawn for where none is asked, undefined. */
function seenColour({ picture, colour }: Thing) {
  return colour ? colours[colour] : picture.measures.colour;
}

function drawGroundColour(draw: Draw, things: readonly Thing[]): GroundColour | undefined {
  const fits = groundWords.filter((word) =>
    things.every((thing) => colourDistance(seenColour(thing), groundColours[word]) > CONTRAST)
  );
  return fits.length > 0 ? draw.one(fits) : undefined;
}

function drawBehind({ styles }: Catalog, things: readonly Thing[], draw: Draw): Behind {
  const kind = draw.choice(proportions.composed.ground);
  const { colours: ink } = styles[things[0].picture.style];
  if (kind === "plain") {
    // What has no colour of its own is drawn in white on dark grounds.
    const own = ink === "ink" ? things.filter(({ colour }) => colour) : things;
    const colour = drawGroundColour(draw, own);
    if (colour) return { kind, colour };
  } else if (kind === "drawn") {
    const light = things.every(({ picture }) => picture.measures.light > 0.18);
    const fits = groundIds.filter((id) => {
      const { dark = false, ink: inInk = false }: Ground = grounds[id];
      if (ink !== "any") return ink === "ink" ? inInk : !dark;
      return !dark || light || things.every(({ colour }) => colour);
    });
    return { kind, ground: draw.one(fits) };
  }
  return { kind: "white" };
}
