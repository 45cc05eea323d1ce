/** What an icon looks like, as far as putting it into a scene depends on it. */
import type { IconDrawing } from "../scene/scene.ts";
import { sceneSvg } from "../scene/scene.ts";
import { raster } from "../scene/raster.ts";
import type { Rgb } from "./colours.ts";

/** What is measured of an icon. */
export interface Measures {
  /** The box of what is drawn, without the empty margin, in the units of the drawing. */
  readonly box: IconDrawing["box"];
  /** The share of its box that it covers, from 0 to 1. */
  readonly cover: number;
  /** Its mean colour. */
  readonly colour: Rgb;
  /** How light it is on the whole, from 0 to 1. */
  readonly light: number;
  /** How much it differs from itself upside down, from 0 to 1. */
  readonly upright: number;
}

/** Height and width of the picture that is measured. */
const SIZE = 48;

/** Digits of a measure: those that a table holds. */
const DIGITS = 5;

/** A pixel is of the icon where so much of it is covered. */
const COVERED = 0.2;

/**
 * Measures an icon: it is drawn on white and on black, which tells how much of a pixel it covers.
 *
 * @throws {Error} if it cannot be drawn, or nothing is seen of it.
 */
export async function measure(icon: IconDrawing, ink?: string): Promise<Measures> {
  const parts = [{ icon, x: 0.5, y: 0.5, size: 1, ink }];
  const [white, black] = await Promise.all([
    raster(sceneSvg({ parts }, SIZE), SIZE),
    raster(sceneSvg({ ground: '<rect width="1" height="1" fill="black"/>', parts }, SIZE), SIZE),
  ]);
  const area = SIZE * SIZE;
  const cover = Float32Array.from({ length: area }, (_, i) => 1 - (white[i] - black[i]) / 255);
  let [left, top, right, bottom, covered] = [SIZE, SIZE, -1, -1, 0];
  let upright = 0;
  const sums = [0, 0, 0];
  for (let i = 0; i < area; i++) {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    for (let c = 0; c < 3; c++) {
      sums[c] += black[c * area + i];
      const turned = white[c * area + (SIZE - 1 - y) * SIZE + (SIZE - 1 - x)];
      upright += Math.abs(white[c * area + i] - turned) / 255;
    }
    covered += cover[i];
    if (cover[i] < COVERED) continue;
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  if (right < left) throw new Error("icon: nothing is seen of it");
  const colour = sums.map((sum) => sum / covered);
  const [boxLeft, boxTop, width, height] = icon.box;
  const scale = Math.max(width, height) / SIZE;
  const [originX, originY] = [boxLeft + width / 2 - SIZE / 2 * scale, boxTop + height / 2 - SIZE / 2 * scale];
  const [wide, high] = [right - left + 1, bottom - top + 1];
  return fromNumbers([
    originX + left * scale,
    originY + top * scale,
    wide * scale,
    high * scale,
    Math.min(1, covered / (wide * high)),
    ...colour,
    (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255,
    upright / (3 * covered),
  ].map((number) => Number(number.toPrecision(DIGITS))));
}

/** The measures as a list of numbers. */
export function toNumbers({ box, cover, colour, light, upright }: Measures): number[] {
  return [...box, cover, ...colour, light, upright];
}

/** The measures from such a list. */
export function fromNumbers(numbers: readonly number[]): Measures {
  const [left, top, width, height, cover, red, green, blue, light, upright] = numbers;
  return { box: [left, top, width, height], cover, colour: [red, green, blue], light, upright };
}
