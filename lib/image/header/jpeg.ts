/** What the head of a JPEG says. */
import type { ImageHeader } from "./image_header.ts";
import { orientationIn } from "../orientation.ts";

/** What an APP1 segment of XMP begins with; EXIF's begins with `Exif`. */
const XMP = "http://ns.adobe.com/xap/1.0/\0";

/** A start of frame, which has the size. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** EXIF's segments, of which there are several where it is long, as one. */
function joined(parts: readonly Uint8Array[]): Uint8Array | undefined {
  if (parts.length < 2) return parts[0];
  return Uint8Array.from(parts.flatMap((part, i) => [...i ? part.subarray(6) : part]));
}

/**
 * Walks the segments up to the image's data.
 *
 * @throws {RangeError} if they end, or are none, before the size is known.
 */
export function jpegHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const exif: Uint8Array[] = [];
  let xmp: string | undefined;
  let size: { readonly width: number; readonly height: number } | undefined;
  try {
    for (let at = 2;;) {
      if (view.getUint8(at) !== 0xff) throw new RangeError("no marker");
      const marker = view.getUint8(at + 1);
      if (marker === 0xff) { // filling
        at++;
        continue;
      }
      if (marker === 0xda) break; // start of scan: the data
      const length = view.getUint16(at + 2);
      const segment = bytes.subarray(at + 4, at + 2 + length);
      if (isFrame(marker)) size ??= { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
      if (marker === 0xe1) {
        const starts = (text: string) => Array.from(text).every((c, i) => segment[i] === c.charCodeAt(0));
        if (starts("Exif\0\0")) exif.push(segment);
        if (starts(XMP)) xmp = new TextDecoder().decode(segment.subarray(XMP.length));
      }
      at += 2 + length;
    }
  } catch (error) {
    if (!size) throw error;
  }
  if (!size) throw new RangeError("no frame");
  return { format: "JPEG", ...size, orientation: orientationIn({ exif: joined(exif), xmp }) };
}
