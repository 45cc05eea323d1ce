/** Pictures as bytes, made as cameras and editors save them. */
import { deflateSync } from "node:zlib";
import { type PngChunk, writeChunks } from "../../lib/image/png_chunks.ts";

/** A file of tests/fixtures/inputs. */
export function input(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return Deno.readFile(new URL(`../fixtures/inputs/${name}`, import.meta.url));
}

/** How EXIF data are written. */
export interface ExifOptions {
  readonly order?: "II" | "MM";
  /** The type of the number: 1 BYTE, 3 SHORT, 4 LONG, 9 SLONG. */
  readonly type?: 1 | 3 | 4 | 9;
  /** How many entries stand before. */
  readonly before?: number;
}

/** EXIF data that name an orientation. */
export function exif(
  orientation: number,
  { order = "MM", type = 3, before = 0 }: ExifOptions = {},
): Uint8Array {
  const little = order === "II";
  const bytes = new Uint8Array(8 + 2 + 12 * (before + 1) + 4);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(order));
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, before + 1, little);
  for (let i = 0; i <= before; i++) {
    const at = 10 + 12 * i;
    view.setUint16(at, i === before ? 0x0112 : 0x0100 + i, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, 1, little);
    const value = i === before ? orientation : 3;
    if (type === 1) view.setUint8(at + 8, value);
    else if (type === 3) view.setUint16(at + 8, value, little);
    else view.setUint32(at + 8, value, little);
  }
  return bytes;
}

/** A PNG of bytes red, green, blue (and alpha), with chunks before and after those of the picture. */
export function png(
  width: number,
  height: number,
  data: Uint8Array,
  { before = [], after = [] }: { readonly before?: PngChunk[]; readonly after?: PngChunk[] } = {},
): Uint8Array {
  const channels = data.length / (width * height);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, channels === 4 ? 6 : 2], 8);
  const rows = new Uint8Array(height * (1 + channels * width));
  for (let y = 0; y < height; y++) {
    rows.set(data.subarray(y * channels * width, (y + 1) * channels * width), y * (1 + channels * width) + 1);
  }
  return writeChunks([
    { type: "IHDR", data: header },
    ...before,
    { type: "IDAT", data: new Uint8Array(deflateSync(rows)) },
    ...after,
    { type: "IEND", data: new Uint8Array() },
  ]);
}

/** A JPEG with segments behind its first marker. */
export function withSegments(
  jpeg: Uint8Array,
  segments: readonly (readonly [number, Uint8Array])[],
): Uint8Array {
  const parts = segments.map(([marker, data]) => {
    const part = new Uint8Array(4 + data.length);
    part.set([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 0xff]);
    part.set(data, 4);
    return part;
  });
  return Uint8Array.from([jpeg.subarray(0, 2), ...parts, jpeg.subarray(2)].flatMap((part) => [...part]));
}
