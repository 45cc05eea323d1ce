/** What the head of a GIF says. */
import type { ImageHeader } from "./image_header.ts";

/**
 * A GIF's size, or that of its first frame if that is larger: both are allocated. GIF has no place for an orientation.
 *
 * @throws {RangeError} if there is no frame.
 */
export function gifHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
