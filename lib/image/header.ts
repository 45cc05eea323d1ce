/** Reads a picture's format and size from its first bytes, before anything large is decoded. */
import { ImageError } from "./error.ts";
import { isPng } from "./png_chunks.ts";

/** What the header of a file says. */
export interface ImageHeader {
  /** The format. */
  readonly format: "PNG" | "JPEG" | "GIF";
  /** Pixels in a row, as stored. */
  readonly width: number;
  /** Number of rows, as stored. */
  readonly height: number;
  /** EXIF's 1 to 8: how a camera was held. 1 means that the picture is stored upright. */
  readonly orientation: number;
}

/** The orientation in an EXIF segment, a little TIFF file of tags; 1 where there is none. */
function exifOrientation(segment: DataView): number {
  const exif = segment.byteLength >= 14 && segment.getUint32(0) === 0x45786966; // "Exif"
  if (!exif) return 1;
  const little = segment.getUint16(6) === 0x4949;
  const directory = 6 + segment.getUint32(10, little);
  const count = segment.getUint16(directory, little);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + 12 * i;
    if (segment.getUint16(entry, little) !== 0x0112) continue;
    const value = segment.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** Walks a JPEG's segments to the start of frame, which has the size. */
function jpegHeader(view: DataView): ImageHeader {
  let orientation = 1;
  for (let at = 2;;) {
    if (view.getUint8(at) !== 0xff) throw new RangeError("no marker");
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) { // filling
      at++;
      continue;
    }
    const length = view.getUint16(at + 2);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return { format: "JPEG", width: view.getUint16(at + 7), height: view.getUint16(at + 5), orientation };
    }
    if (marker === 0xe1 && orientation === 1) {
      const segment = new DataView(view.buffer, view.byteOffset + at + 4, length - 2);
      try {
        orientation = exifOrientation(segment);
      } catch {
        // A damaged note about the camera is no reason to refuse the picture.
      }
    }
    at += 2 + length;
  }
}

/** A GIF's size, or that of its first frame if that is larger: both are allocated. */
function gifHeader(view: DataView): ImageHeader {
  const colours = (flags: number) => flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
  let at = 13 + colours(view.getUint8(10));
  while (view.getUint8(at) === 0x21) { // extensions: two bytes, then blocks up to an empty one
    at += 2;
    while (view.getUint8(at) !== 0) at += 1 + view.getUint8(at);
    at++;
  }
  if (view.getUint8(at) !== 0x2c) throw new RangeError("no frame");
  const width = Math.max(view.getUint16(6, true), view.getUint16(at + 5, true));
  const height = Math.max(view.getUint16(8, true), view.getUint16(at + 7, true));
  return { format: "GIF", width, height, orientation: 1 };
}

/**
 * Reads format, size and orientation.
 *
 * @throws {ImageError} if the bytes are no PNG, JPEG or GIF, or end within the header.
 */
export function readHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts = (...expected: number[]) => expected.every((byte, i) => bytes[i] === byte);
  const isJpeg = starts(0xff, 0xd8, 0xff);
  const isGif = starts(0x47, 0x49, 0x46, 0x38);
  try {
    if (isPng(bytes)) {
      return { format: "PNG", width: view.getUint32(16), height: view.getUint32(20), orientation: 1 };
    }
    if (isJpeg) return jpegHeader(view);
    if (isGif) return gifHeader(view);
  } catch (cause) {
    const format = isJpeg ? "JPEG" : isGif ? "GIF" : "PNG";
    throw new ImageError(`bytes: ${format} with a damaged or incomplete header`, { cause });
  }
  throw new ImageError(
    `bytes: ${bytes.length} bytes of an unknown format where a PNG, JPEG or GIF is expected`,
  );
}
