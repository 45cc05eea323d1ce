/**
 * Writing PNG files.
 *
 * imagescript could, but always as RGBA, unfiltered, with its name and the time of day: its files of digits and of
 * photographs come out at about twice the size, and never twice the same.
 */
import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import { machine } from "../platform/mod.ts";
import type { Tensor } from "../tensor.ts";
import { type PixelRange, type Pixels, toPixels } from "./pixels.ts";
import { type PngChunk, writeChunks } from "./png_chunks.ts";
import { textChunk } from "./png_text_chunk.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** The options of {@linkcode encodePng}. */
export interface EncodePngOptions {
  /** Texts to keep in the file by keyword, such as prompt and seed; {@linkcode readPngText} gives them back. */
  text?: Readonly<Record<string, string>>;
  /** For a tensor: the values for black and white; by default `[-1, 1]`. */
  range?: PixelRange;
}

const encodePngOptionNames: OptionNames<EncodePngOptions> = {
  text: true,
  range: true,
};

/** Which bytes of RGBA a colour type keeps: gray, colour, colour with alpha. */
const COLOUR_TYPES = [
  { type: 0, keeps: [0] },
  { type: 2, keeps: [0, 1, 2] },
  { type: 6, keeps: [0, 1, 2, 3] },
] as const;

/** The smallest colour type that loses nothing. */
function colourType({ data }: Pixels): (typeof COLOUR_TYPES)[number] {
  let gray = true;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] !== 255) return COLOUR_TYPES[2];
    gray &&= data[i] === data[i + 1] && data[i] === data[i + 2];
  }
  return COLOUR_TYPES[gray ? 0 : 1];
}

/** The Paeth predictor: whichever of left, above and upper left is nearest to left + above - upper left. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** What each filter type subtracts from a byte (PNG specification, section 9.2). */
const FILTERS: readonly ((left: number, above: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  paeth,
];

/** Each row with its filter's number in front: no filter, or the one with the smallest sum of differences. */
function filtered(rows: Uint8Array, stride: number, step: number, adaptive: boolean): Uint8Array {
  const height = rows.length / stride;
  const out = new Uint8Array(height * (stride + 1));
  const attempt = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const row = rows.subarray(y * stride, (y + 1) * stride);
    const target = out.subarray(y * (stride + 1), (y + 1) * (stride + 1));
    if (!adaptive) {
      target.set(row, 1);
      continue;
    }
    const above = y > 0 ? rows.subarray((y - 1) * stride, y * stride) : new Uint8Array(stride);
    let best = Infinity;
    for (const [number, predict] of FILTERS.entries()) {
      let sum = 0;
      for (let i = 0; i < stride; i++) {
        const inside = i >= step;
        const guess = predict(inside ? row[i - step] : 0, above[i], inside ? above[i - step] : 0);
        attempt[i] = row[i] - guess;
        // As a signed byte: 255 is a difference of one.
        sum += attempt[i] < 128 ? attempt[i] : 256 - attempt[i];
      }
      if (sum < best) {
        best = sum;
        target[0] = number;
        target.set(attempt, 1);
      }
    }
  }
  return out;
}

/** Deflates with and without filters and keeps the shorter: flat drawings want none, photographs do. */
function compressed(rows: Uint8Array, stride: number, step: number): Uint8Array {
  const [plain, adaptive] = [false, true].map((choice) =>
    machine.zlib.deflate(filtered(rows, stride, step, choice))
  );
  return plain.length <= adaptive.length ? plain : adaptive;
}

/**
 * Encodes an image as PNG; the same image and texts give the same bytes. Gray and opaque images are stored as such.
 *
 * @param image `[C, H, W]` or `[N, C, H, W]` with 1 or 3 channels as {@linkcode toPixels} takes it, or bytes.
 * @throws {ArgumentError} if the image has another shape, or a text has a keyword or letters that PNG does not allow.
 */
export function encodePng(image: Tensor | Pixels, options: EncodePngOptions = {}): Uint8Array {
  assertOptions(options, encodePngOptionNames);
  const pixels = "shape" in image ? toPixels(image, options.range) : image;
  const { width, height, data } = pixels;
  if (!(width > 0 && height > 0) || data.length !== 4 * width * height) {
    throw new ArgumentError("image", described(`${data.length} bytes`), `4 * ${width} * ${height}`, {
      plural: true,
    });
  }
  const { type, keeps } = colourType(pixels);
  const rows = new Uint8Array(width * height * keeps.length);
  for (let i = 0, o = 0; i < data.length; i += 4) for (const k of keeps) rows[o++] = data[i + k];

  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8; // bits per channel
  header[9] = type;
  const texts: PngChunk[] = Object.entries(options.text ?? {}).map(([key, text]) => textChunk(key, text));
  return writeChunks([
    { type: "IHDR", data: header },
    ...texts,
    { type: "IDAT", data: compressed(rows, width * keeps.length, keeps.length) },
    { type: "IEND", data: new Uint8Array() },
  ]);
}
