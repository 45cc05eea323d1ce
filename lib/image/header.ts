/** Reads an image's format and size from its head, before anything large is decoded. */
import { ImageError } from "./error.ts";
import { gifHeader } from "./header/gif.ts";
import { jpegHeader } from "./header/jpeg.ts";
import { pngHeader } from "./header/png.ts";
import type { ImageHeader } from "./header/image_header.ts";
import { isTransposed } from "./orientation.ts";
import { isPng } from "./png_chunks.ts";

export type { ImageHeader };

/**
 * Reads format, size and orientation.
 *
 * @throws {ImageError} if the bytes are no PNG, JPEG or GIF, or end within the header.
 */
export function readHeader(bytes: Uint8Array): ImageHeader {
  const starts = (...expected: number[]) => expected.every((byte, i) => bytes[i] === byte);
  const isJpeg = starts(0xff, 0xd8, 0xff);
  const isGif = starts(0x47, 0x49, 0x46, 0x38);
  try {
    if (isPng(bytes)) return pngHeader(bytes);
    if (isJpeg) return jpegHeader(bytes);
    if (isGif) return gifHeader(bytes);
  } catch (cause) {
    const format = isJpeg ? "JPEG" : isGif ? "GIF" : "PNG";
    throw new ImageError(`${format} with a damaged or incomplete header`, "a whole one", { cause });
  }
  throw new ImageError(`${bytes.length} bytes of an unknown format`, "a PNG, JPEG or GIF");
}

/** The size of the image when it stands upright. */
export function uprightSize({ width, height, orientation }: ImageHeader): { width: number; height: number } {
  return isTransposed(orientation) ? { width: height, height: width } : { width, height };
}
