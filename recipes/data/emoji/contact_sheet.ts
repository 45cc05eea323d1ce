/** Scenes with their captions on one sheet, for a person to look at. */
import sharp from "sharp";
import { Generator } from "../../../lib/random.ts";
import type { Catalog } from "./catalog.ts";
import { type Part, Scenes } from "./scenes.ts";

/** What a sheet shows. */
export interface ContactSheetOptions {
  /** Scenes of training, or of what is held out. */
  readonly part?: Part;
  /** How many; defaults to 100. */
  readonly count?: number;
  /** Scenes in a row; defaults to 10. */
  readonly columns?: number;
  /** Height and width of a scene; defaults to 32. */
  readonly size?: number;
  /** How many times each pixel is repeated; defaults to 4. */
  readonly scale?: number;
  /** The seed; defaults to 0. */
  readonly seed?: number;
}

/** Letters of a line below a scene, and lines. */
const LETTERS = 24;
const LINES = 4;
const LINE = 11;

/** Draws random scenes, each with its caption below it: a PNG file. */
export async function contactSheet(catalog: Catalog, options: ContactSheetOptions = {}): Promise<Uint8Array> {
  const { part = "training", count = 100, columns = 10, size = 32, scale = 4, seed = 0 } = options;
  const scenes = new Scenes(catalog, part);
  const generator = new Generator(seed);
  const [width, height] = [size * scale + 4, size * scale + LINES * LINE + 8];
  const subjects = Array.from({ length: count }, () => generator.randomInt(scenes.count));
  const cells = await Promise.all(subjects.map(async (subject, n) => {
    const { image, caption } = await scenes.draw(subject, size, generator);
    const [left, top] = [n % columns * width, Math.floor(n / columns) * height];
    const input = await sharp(interleave(image), { raw: { width: size, height: size, channels: 3 } })
      .resize(size * scale, size * scale, { kernel: "nearest" }).png().toBuffer();
    const text = await sharp(new TextEncoder().encode(label(caption, width))).png().toBuffer();
    return [{ input, left, top }, { input: text, left, top: top + size * scale + 2 }];
  }));
  const rows = Math.ceil(count / columns);
  const paper = {
    width: width * columns,
    height: height * rows,
    channels: 3,
    background: "#dddddd",
  } as const;
  return await sharp({ create: paper }).composite(cells.flat()).png().toBuffer();
}

function label(caption: string, width: number): string {
  const lines = [""];
  for (const word of caption.split(" ")) {
    const last = lines[lines.length - 1];
    if (last && last.length + word.length >= LETTERS) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  const spans = lines.slice(0, LINES).map((line, i) =>
    `<text x="2" y="${LINE * (i + 1) - 2}">${line}</text>`
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${
    LINES * LINE
  }" font-family="sans-serif" ` +
    `font-size="10">${spans.join("")}</svg>`;
}

/** Red, green and blue of each pixel beside each other. */
function interleave(planes: Uint8Array): Uint8Array {
  const area = planes.length / 3;
  return Uint8Array.from(planes, (_, i) => planes[i % 3 * area + Math.floor(i / 3)]);
}
