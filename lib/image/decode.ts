/** From files to tensors. */
import { type Tensor, tensor } from "../tensor.ts";
import { ImageError } from "./error.ts";
import { readHeader } from "./header.ts";
import type { Pixels } from "./pixels.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** More is refused: it would take more than 200 MB as bytes and three times that as a tensor. */
const MAX_PIXELS = 50_000_000;

/** What {@linkcode decodeImage} can be told. */
export interface DecodeImageOptions {
  /** 3 for colour (the default) or 1 for gray, as a mask wants it. */
  channels?: 1 | 3;
}

const decodeImageOptionNames: OptionNames<DecodeImageOptions> = {
  channels: true,
};

async function decodePixels(bytes: Uint8Array, format: string): Promise<Pixels> {
  const { decode } = await import("imagescript");
  try {
    const decoded = await decode(bytes, true);
    const image = Array.isArray(decoded) ? decoded[0] : decoded;
    if (!image) throw new Error("no frame");
    return { width: image.width, height: image.height, data: new Uint8Array(image.bitmap.buffer) };
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new ImageError(`bytes: damaged ${format}, it does not decode`, { cause });
  }
}

/** Turns a picture as EXIF's orientation says, so that it stands upright. */
function upright({ width, height, data }: Pixels, orientation: number): Pixels {
  if (orientation === 1) return { width, height, data };
  const transposed = orientation >= 5;
  const mirrorX = [2, 3, 7, 8].includes(orientation);
  const mirrorY = [3, 4, 6, 7].includes(orientation);
  const size = transposed ? { width: height, height: width } : { width, height };
  const from = new Uint32Array(data.buffer);
  const to = new Uint32Array(from.length);
  for (let y = 0, o = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const [column, row] = transposed ? [y, x] : [x, y];
      to[o++] = from[(mirrorY ? height - 1 - row : row) * width + (mirrorX ? width - 1 - column : column)];
    }
  }
  return { ...size, data: new Uint8Array(to.buffer) };
}

/** What 0..255 become: `v / 127.5 - 1`, each operation rounded to single precision, as float32 in numpy. */
const FROM_BYTE = Float32Array.from({ length: 256 }, (_, v) => Math.fround(v / 127.5) - 1);

/**
 * Decodes a PNG, a JPEG (turned upright if EXIF says how) or the first frame of a GIF. What is transparent is laid on
 * white; gray is ITU-R 601 luma, as Pillow has it.
 *
 * @returns `[channels, H, W]` in `[-1, 1]`
 * @throws {ImageError} if the bytes are no such picture, damaged, or of more than 50 megapixels.
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeImageOptions = {}): Promise<Tensor> {
  assertOptions(options, decodeImageOptionNames);
  const { channels = 3 } = options;
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`channels: ${channels} where 1 or 3 is expected`);
  }
  const header = readHeader(bytes);
  if (header.width * header.height > MAX_PIXELS) {
    const size = `${header.width} x ${header.height}`;
    throw new ImageError(`bytes: ${header.format} of ${size} where at most 50 megapixels are expected`);
  }
  if (header.width === 0 || header.height === 0) {
    throw new ImageError(`bytes: ${header.format} without a pixel where at least one is expected`);
  }
  const { width, height, data } = upright(await decodePixels(bytes, header.format), header.orientation);
  const plane = width * height;
  const out = new Float32Array(channels * plane);
  for (let i = 0; i < plane; i++) {
    const alpha = data[4 * i + 3];
    const onWhite = (c: number) =>
      alpha === 255 ? data[4 * i + c] : Math.round((alpha * data[4 * i + c] + (255 - alpha) * 255) / 255);
    if (channels === 3) {
      for (let c = 0; c < 3; c++) out[c * plane + i] = FROM_BYTE[onWhite(c)];
    } else {
      // Pillow's integer arithmetic: 0.299 R + 0.587 G + 0.114 B in 65536ths.
      out[i] = FROM_BYTE[(onWhite(0) * 19595 + onWhite(1) * 38470 + onWhite(2) * 7471 + 0x8000) >> 16];
    }
  }
  return tensor(out, [channels, height, width]);
}
