/** The sizes of pictures, as their files say at the beginning. */

/** A size in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** The first bytes of a PNG file. */
const PNG = [0x89, 0x50, 0x4e, 0x47];

/** The size of a PNG file, or of an SVG file that states it; undefined of others. */
export function imageSize(bytes: Uint8Array): ImageSize | undefined {
  if (PNG.every((byte, i) => bytes[i] === byte) && bytes.length >= 24) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return { width: view.getUint32(16), height: view.getUint32(20) };
  }
  const start = new TextDecoder().decode(bytes.subarray(0, 500));
  const found = /<svg[^>]* width="(?<width>\d+)" height="(?<height>\d+)"/.exec(start)?.groups;
  return found && { width: Number(found.width), height: Number(found.height) };
}
