/** How an image is to be turned so that it stands upright: what a file's notes say, and the turning. */
import { exifOrientation } from "./exif.ts";
import type { Pixels } from "./pixels.ts";

/** Notes about an image, as they lie in its file. */
export interface Notes {
  /** EXIF data. */
  readonly exif?: Uint8Array;
  /** An XMP packet: XML, read where EXIF does not name an orientation. */
  readonly xmp?: string;
}

/**
 * The orientation that notes name, as Pillow's `ImageOps.exif_transpose` sees it.
 *
 * @returns 1 to 8; 1, which is upright, where there is none or it is none of these.
 */
export function orientationIn({ exif, xmp }: Notes): number {
  const named = (exif && exifOrientation(exif)) ??
    Number(/tiff:Orientation(?:="|>)([0-9])/.exec(xmp ?? "")?.[1] ?? 1);
  return named >= 1 && named <= 8 ? named : 1;
}

/** Whether an orientation makes an image's rows its columns. */
export function isTransposed(orientation: number): boolean {
  return orientation >= 5;
}

/** Turns an image as an orientation, 1 to 8, says. */
export function upright({ width, height, data }: Pixels, orientation: number): Pixels {
  if (orientation === 1) return { width, height, data };
  const transposed = isTransposed(orientation);
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
