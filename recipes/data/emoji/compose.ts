/** From what a picture shows to its scene: where each thing stands, how large it is, what it stands on. */
import type { Draw } from "../scene/draw.ts";
import type { IconDrawing, Scene, ScenePart } from "../scene/scene.ts";
import type { Catalog } from "./catalog.ts";
import { colours, css, groundColours, lightness, type Rgb, tinted } from "./colours.ts";
import { type Behind, type Description, isPanel, type Thing } from "./describe.ts";
import { backdrop, drawnGround, type Ground, grounds, inkGround, paintedGround } from "./grounds.ts";
import { proportions, type Relation } from "./proportions.ts";

/** The longer side of things, in shares of the square's side: from and to. */
const SIZES: Readonly<Record<SizeKind, readonly [from: number, to: number]>> = {
  centred: [0.78, 0.93],
  bleed: [0.8, 1],
  standing: [0.5, 0.66],
  small: [0.36, 0.46],
  big: [0.98, 1.15],
  pair: [0.43, 0.48],
  smallOfPair: [0.28, 0.33],
  bigOfPair: [0.58, 0.64],
};

/** What the size of a thing depends on. */
type SizeKind = "centred" | "bleed" | "standing" | "small" | "big" | "pair" | "smallOfPair" | "bigOfPair";

/** The shorter side of a picture of its own that fills the square. */
const FILLING = 1.12;

/** How far a thing is moved from its place at most, and turned, in degrees. */
const SHIFT = 0.03;
const TURN = 4;

/** The colours of grounds that no caption names, from the top to the bottom: of painted ones, and of photographers' papers. */
const moods: readonly (readonly Rgb[])[] = [
  [[64, 84, 110], [128, 140, 140], [92, 78, 60]],
  [[190, 170, 120], [150, 110, 70], [80, 56, 40]],
  [[120, 160, 190], [200, 200, 170], [110, 130, 80]],
  [[90, 50, 50], [150, 90, 60], [60, 40, 44]],
  [[60, 90, 80], [110, 140, 100], [60, 70, 50]],
  [[210, 190, 160], [170, 160, 150], [120, 110, 110]],
];
const papers: readonly Rgb[] = [
  [150, 160, 174],
  [176, 164, 146],
  [112, 146, 150],
  [146, 130, 156],
  [134, 152, 118],
  [190, 196, 204],
];

/** A place for a thing: the middle and the longer side of its box. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Width and height of a thing whose longer side is 1. */
function proportionsOf({ box: [, , width, height] }: IconDrawing): readonly [number, number] {
  const longer = Math.max(width, height);
  return [width / longer, height / longer];
}

/**
 * Puts a picture together.
 *
 * @param catalog The styles.
 * @param description What it shows.
 * @param draw Where every choice comes from.
 */
export function compose(catalog: Catalog, description: Description, draw: Draw): Scene {
  const { thing, other, behind, bleed } = description;
  const floor = behind.kind === "drawn" ? (grounds[behind.ground] as Ground).floor : undefined;
  const style = catalog.styles[thing.picture.style];
  const inkStyle = style.colours === "ink";
  const ground = drawGround(behind, bleed ? style.bleed?.kind : undefined, inkStyle, draw);
  const dark = isDark(behind);
  const part = (one: Thing, place: Place, mirrored = false) =>
    partOf(one, place, dark, inkStyle, mirrored, draw);
  if (!other) {
    const place = placeOne(description, floor, isPanel(catalog, thing.picture), draw);
    const shaded = floor !== undefined || (bleed && style.bleed?.kind === "backdrop");
    return {
      ground: ground + (shaded && !inkStyle ? shade(thing, place) : ""),
      parts: [part(thing, place)],
    };
  }
  const touching = style.colours === "any" ? 0.03 : -0.03;
  const [first, second, front] = placeTwo(thing, other.thing, other.relation, touching, floor, draw);
  const mirrored = [0, 0].map(() => draw.chance(proportions.mirrored));
  const parts = [part(thing, first, mirrored[0]), part(other.thing, second, mirrored[1])];
  return { ground, parts: front === "first" ? parts.reverse() : parts };
}

/** A soft shadow under a thing that stands. */
function shade({ picture }: Thing, { x, y, size }: Place): string {
  const [width, height] = proportionsOf(picture.drawing);
  return `<ellipse cx="${x}" cy="${y + size * height / 2 - 0.01}" rx="${size * width * 0.48}" ry="${
    size * 0.05
  }" ` +
    `fill="black" fill-opacity="0.22"/>`;
}

function isDark(behind: Behind): boolean {
  if (behind.kind === "plain") return lightness(groundColours[behind.colour]) < 0.45;
  return behind.kind === "drawn" && (grounds[behind.ground] as Ground).dark === true;
}

function drawGround(
  behind: Behind,
  bleed: "strokes" | "backdrop" | undefined,
  ink: boolean,
  draw: Draw,
): string | undefined {
  const painted = bleed === "strokes";
  switch (behind.kind) {
    case "white":
      return painted ? paintedGround(draw.one(moods), draw) : bleed ? backdrop(draw.one(papers), draw) : "";
    case "plain": {
      const colour = groundColours[behind.colour];
      if (painted) return paintedGround([colour], draw);
      return bleed ? backdrop(colour, draw) : `<rect width="1" height="1" fill="${css(colour)}"/>`;
    }
    case "drawn":
      if (ink) return inkGround(behind.ground, draw);
      return painted ? paintedGround(grounds[behind.ground].ramp, draw) : drawnGround(behind.ground, draw);
  }
}

function partOf(
  { picture, colour, upsideDown }: Thing,
  { x, y, size }: Place,
  dark: boolean,
  inkStyle: boolean,
  mirrored: boolean,
  draw: Draw,
): ScenePart {
  const turn = draw.between(-TURN, TURN) + (upsideDown ? 180 : 0);
  const ink = colour ? css(colours[colour]) : dark && inkStyle ? "white" : "black";
  const icon = colour && !inkStyle
    ? tinted(picture.drawing, colours[colour], picture.measures.light)
    : picture.drawing;
  return { icon, x, y, size, turn, mirrored, ink };
}

function placeOne(
  { thing, behind, bleed }: Description,
  floor: number | undefined,
  panel: boolean,
  draw: Draw,
): Place {
  const [width, height] = proportionsOf(thing.picture.drawing);
  const shift = () => draw.between(-SHIFT, SHIFT);
  const kind = thing.size ??
    (floor !== undefined ? "standing" : bleed && behind.kind === "white" ? "bleed" : "centred");
  const drawn = draw.between(...SIZES[kind]);
  // A picture of its own fills the square, round corners outside of it.
  const size = panel && bleed ? FILLING / Math.min(width, height) : drawn;
  const [x, y] = [shift(), shift()];
  if (floor !== undefined && thing.size !== "big") {
    const aside = (1 - size * width) / 2 * 0.6;
    return { x: 0.5 + draw.between(-aside, aside), y: floor + y - size * height / 2, size };
  }
  if (thing.size !== "small") return { x: 0.5 + x, y: 0.5 + y, size };
  const free = [width, height].map((side) => Math.max(0, (0.94 - size * side) / 2) * 0.7);
  return { x: 0.5 + draw.between(-free[0], free[0]), y: 0.5 + draw.between(-free[1], free[1]), size };
}

/** Where two things stand, and which of them is before the other; by how much one stands into what it stands on. */
function placeTwo(
  first: Thing,
  second: Thing,
  relation: Relation,
  touching: number,
  floor = 0.78,
  draw: Draw,
): readonly [Place, Place, "first" | "second"] {
  const [a, b] = [first, second].map(({ picture }) => proportionsOf(picture.drawing));
  // Beside something of another size a thing is as usual: it is the other that is told of.
  const kind = ({ size }: Thing): SizeKind =>
    size === "small" ? "smallOfPair" : size === "big" ? "bigOfPair" : "pair";
  const [sizeA, sizeB] = [draw.between(...SIZES[kind(first)]), draw.between(...SIZES[kind(second)])];
  const shift = () => draw.between(-SHIFT, SHIFT) / 2;
  const stand = (x: number, size: number, height: number): Place => ({
    x: x + shift(),
    y: floor + shift() - size * height / 2,
    size,
  });
  const side = (left: boolean): readonly [Place, Place, "first"] => {
    const [widthA, widthB] = [sizeA * a[0], sizeB * b[0]];
    const gap = Math.max(0.01, (1 - widthA - widthB) / 3);
    const [xA, xB] = left
      ? [gap + widthA / 2, 1 - gap - widthB / 2]
      : [1 - gap - widthA / 2, gap + widthB / 2];
    return [stand(xA, sizeA, a[1]), stand(xB, sizeB, b[1]), "first"];
  };
  /** One thing upon another, or above it with a gap. */
  const stack = (
    gap: number,
    [upper, lower]: readonly [number, number],
    heights: readonly [number, number],
  ) => {
    const total = upper * heights[0] + lower * heights[1] + gap;
    const scale = Math.min(1, 0.96 / total);
    const [up, low] = [upper * scale, lower * scale];
    const bottom = Math.min(0.98, Math.max(floor + 0.08, 0.5 + total * scale / 2));
    const x = 0.5 + shift();
    const yLow = bottom - low * heights[1] / 2;
    const yUp = bottom - low * heights[1] - gap * scale - up * heights[0] / 2;
    return [{ x: x + shift(), y: yUp, size: up }, { x, y: yLow, size: low }] as const;
  };
  switch (relation) {
    case "beside":
      return side(draw.chance(0.5));
    case "left":
      return side(true);
    case "right":
      return side(false);
    case "on": {
      const [upper, lower] = stack(-touching, [sizeA, sizeB * 1.1], [a[1], b[1]]);
      return [upper, lower, "first"];
    }
    case "above": {
      const [upper, lower] = stack(0.09, [sizeA * 0.9, sizeB], [a[1], b[1]]);
      return [upper, lower, "first"];
    }
    case "under": {
      const [upper, lower] = stack(0.05, [sizeB, sizeA], [b[1], a[1]]);
      return [lower, upper, "first"];
    }
    case "front": {
      const x = 0.5 + draw.one([-0.16, 0.16]);
      const back = sizeB * 1.5;
      return [
        stand(x, sizeA * 0.95, a[1]),
        { x: 1 - x + 0.1 * Math.sign(x - 0.5), y: floor - 0.06 - back * b[1] / 2, size: back },
        "first",
      ];
    }
    case "behind": {
      const x = 0.5 + draw.one([-0.16, 0.16]);
      const back = sizeA * 1.5;
      return [
        { x: 1 - x + 0.1 * Math.sign(x - 0.5), y: floor - 0.06 - back * a[1] / 2, size: back },
        stand(x, sizeB * 0.95, b[1]),
        "second",
      ];
    }
    case "far": {
      const left = draw.chance(0.5);
      const near = sizeA * 1.25, far = draw.between(...SIZES.smallOfPair);
      const [xNear, xFar] = left ? [0.36, 0.82] : [0.64, 0.18];
      return [
        { x: xNear + shift(), y: Math.min(0.97, floor + 0.12) - near * a[1] / 2, size: near },
        { x: xFar + shift(), y: floor - 0.16 - far * b[1] / 2, size: far },
        "first",
      ];
    }
  }
}
