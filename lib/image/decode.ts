/** From files to tensors. */
import { ArgumentError } from "../argument_error.ts";
import { DamagedImageError, machine } from "../platform/mod.ts";
import { type Tensor, tensor } from "../tensor.ts";
import { ImageError } from "./error.ts";
import { type ImageHeader, readHeader } from "./header.ts";
import { upright } from "./orientation.ts";
import type { Pixels } from "./pixels.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** How many pixels are decoded at most unless the caller says otherwise. */
export const MAX_PIXELS = 50_000_000;

/** How many bytes of memory a pixel takes at most while it is decoded: 25 were measured, and a turned image is copied. */
export const DECODING_BYTES = 32;

/** The options of {@linkcode decodeImage}. */
export interface DecodeImageOptions {
  /** 3 for colour (the default) or 1 for gray, as a mask wants it. */
  channels?: 1 | 3;
  /**
   * What the image is laid on where it is transparent: by default white, as paper, and black for gray, so that a mask does
   * not cover what is transparent. Whoever decodes a gray image that is no mask asks for white.
   */
  background?: "white" | "black";
  /**
   * An image of more pixels is refused by its header, before it is decoded: by default 50 million. Decoding takes up to
   * {@linkcode DECODING_BYTES} bytes for each.
   */
  maxPixels?: number;
}

const decodeImageOptionNames: OptionNames<DecodeImageOptions> = {
  channels: true,
  background: true,
  maxPixels: true,
};

async function decodePixels(bytes: Uint8Array, format: string): Promise<Pixels> {
  try {
    return await machine.images.decode(bytes);
  } catch (cause) {
    if (!(cause instanceof DamagedImageError)) throw cause;
    throw new ImageError(`a damaged ${format}`, "one that decodes", { cause: cause.cause });
  }
}

/** What 0..255 become: `v / 127.5 - 1`, each operation rounded to single precision, as float32 in numpy. */
const FROM_BYTE = Float32Array.from({ length: 256 }, (_, v) => Math.fround(v / 127.5) - 1);

/** What an image is laid on. */
const BACKGROUNDS = { white: 255, black: 0 } as const;

function assertRanges({ channels, background, maxPixels }: Required<DecodeImageOptions>): void {
  if (channels !== 1 && channels !== 3) {
    throw new ArgumentError("channels", channels, "1 or 3");
  }
  if (!Object.hasOwn(BACKGROUNDS, background)) {
    throw new ArgumentError("background", background, "white or black");
  }
  if (!(Number.isInteger(maxPixels) && maxPixels >= 1)) {
    throw new ArgumentError("maxPixels", maxPixels, "a whole number from 1");
  }
}

/** Refuses what has no pixel, or more than are wanted. */
function assertSize({ format, width, height }: ImageHeader, maxPixels: number): void {
  if (width * height > maxPixels) {
    const most = maxPixels >= 1e6 ? `${maxPixels / 1e6} megapixels` : `${maxPixels} pixels`;
    throw new ImageError(`${format} of ${width} x ${height}`, `at most ${most}`, { plural: true });
  }
  if (width === 0 || height === 0) {
    throw new ImageError(`${format} without a pixel`, "at least one");
  }
}

/**
 * Decodes a PNG, a JPEG or the first frame of a GIF, turned upright as its EXIF data say, like Pillow's
 * `ImageOps.exif_transpose`. What is transparent is laid on white, in gray on black; gray is ITU-R 601 luma, as Pillow has it.
 *
 * @returns `[channels, H, W]` in `[-1, 1]`
 * @throws {ImageError} if the bytes are no such image, damaged, or of more pixels than `maxPixels`.
 * @throws {ArgumentError} if an option is none of those that there are.
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeImageOptions = {}): Promise<Tensor> {
  assertOptions(options, decodeImageOptionNames);
  const { channels = 3, background = channels === 1 ? "black" : "white", maxPixels = MAX_PIXELS } = options;
  assertRanges({ channels, background, maxPixels });
  const header = readHeader(bytes);
  assertSize(header, maxPixels);
  const { width, height, data } = upright(await decodePixels(bytes, header.format), header.orientation);
  const plane = width * height;
  const out = new Float32Array(channels * plane);
  const behind = BACKGROUNDS[background];
  for (let i = 0; i < plane; i++) {
    const alpha = data[4 * i + 3];
    const laid = (c: number) =>
      alpha === 255 ? data[4 * i + c] : Math.round((alpha * data[4 * i + c] + (255 - alpha) * behind) / 255);
    if (channels === 3) {
      for (let c = 0; c < 3; c++) out[c * plane + i] = FROM_BYTE[laid(c)];
    } else {
      // Pillow's integer arithmetic: 0.299 R + 0.587 G + 0.114 B in 65536ths.
      out[i] = FROM_BYTE[(laid(0) * 19595 + laid(1) * 38470 + laid(2) * 7471 + 0x8000) >> 16];
    }
  }
  return tensor(out, [channels, height, width]);
}

/**
 * Decodes a mask: a gray image laid on black, so that what is transparent is not masked, as where strokes are drawn on
 * nothing. `prepareMask` makes of it what a network takes.
 *
 * @returns `[1, H, W]` in `[-1, 1]`, white where to repaint
 * @throws {ImageError} if the bytes are no PNG, JPEG or GIF, damaged, or of more pixels than `maxPixels`.
 * @throws {ArgumentError} if `maxPixels` is not a whole number from 1.
 */
export function decodeMask(
  bytes: Uint8Array,
  options: Pick<DecodeImageOptions, "maxPixels"> = {},
): Promise<Tensor> {
  return decodeImage(bytes, { ...options, channels: 1, background: "black" });
}
