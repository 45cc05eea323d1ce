/** The colours that captions name, and how a thing comes to have one. */
import type { IconDrawing } from "../scene/scene.ts";
import { ownIds } from "../scene/scene.ts";

/** Red, green and blue, each from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What the words mean. */
export const colours = {
  red: [216, 36, 40],
  orange: [245, 134, 30],
  yellow: [250, 206, 48],
  green: [52, 160, 64],
  blue: [44, 100, 214],
  purple: [132, 62, 176],
  pink: [244, 124, 178],
  brown: [126, 78, 44],
  gray: [136, 138, 142],
} as const satisfies Readonly<Record<string, Rgb>>;

/** A word for a colour. */
export type Colour = keyof typeof colours;

/** The words. */
export const colourWords = Object.keys(colours) as Colour[];

/** Grounds may be black too. */
export const groundColours = { ...colours, black: [18, 18, 22] } as const satisfies Readonly<
  Record<string, Rgb>
>;

/** A word for the colour of a ground. */
export type GroundColour = keyof typeof groundColours;

/** The words for grounds. */
export const groundWords = Object.keys(groundColours) as GroundColour[];

/** A colour as SVG writes it. */
export function css(rgb: Rgb): string {
  return `rgb(${rgb.map((value) => Math.round(value)).join(",")})`;
}

/** A colour on the way to another, which is reached at 1. */
export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return [0, 1, 2].map((i) => from[i] + (to[i] - from[i]) * share) as unknown as Rgb;
}

/** How far two colours are, from 0 to 1: the distance in the cube of red, green and blue. */
export function colourDistance(a: Rgb, b: Rgb): number {
  return Math.hypot(...a.map((value, i) => value - b[i])) / (255 * Math.sqrt(3));
}

/** How light a colour is, from 0 to 1. */
export function lightness([red, green, blue]: Rgb): number {
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

/** The mean lightness of a thing to which the colour itself falls: what is darker is shade, what is lighter is light. */
const MIDDLE = 0.5;

/**
 * A thing in a colour: its own light and shade, from a dark tone of the colour by the colour itself to a light tone. A turn of the
 * hues would not do: what has several colours would have several others, and black, white and gray would stay.
 *
 * @param drawing The thing.
 * @param colour The colour.
 * @param mean How light it is on the whole, from 0 to 1: this becomes the colour.
 */
export function tinted(drawing: IconDrawing, colour: Rgb, mean: number): IconDrawing {
  const exponent = Math.log(MIDDLE) / Math.log(Math.min(0.9, Math.max(0.1, mean)));
  const tones = [
    mix([0, 0, 0], colour, 0.28),
    mix([0, 0, 0], colour, 0.66),
    colour,
    mix(colour, [255, 255, 255], 0.25),
    mix(colour, [255, 255, 255], 0.7),
  ];
  const table = (channel: number) => tones.map((tone) => (tone[channel] / 255).toFixed(3)).join(" ");
  const gray = "0.2126 0.7152 0.0722 0 0 ".repeat(3);
  const gamma = ["R", "G", "B"].map((c) => `<feFunc${c} type="gamma" exponent="${exponent.toFixed(3)}"/>`);
  const tone = ["R", "G", "B"].map((c, i) => `<feFunc${c} type="table" tableValues="${table(i)}"/>`);
  const body =
    `<filter id="tint" color-interpolation-filters="sRGB" x="-0.1" y="-0.1" width="1.2" height="1.2">` +
    `<feColorMatrix values="${gray}0 0 0 1 0"/><feComponentTransfer>${gamma.join("")}</feComponentTransfer>` +
    `<feComponentTransfer>${tone.join("")}</feComponentTransfer></filter>` +
    `<g filter="url(#tint)">${ownIds(drawing.body, "i-")}</g>`;
  return { body, box: drawing.box };
}
