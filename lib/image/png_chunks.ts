/**
 * The frame of a PNG file: a signature, then chunks of length, type, data and checksum.
 * (PNG specification, third edition, section 5.)
 */
import { crc32 } from "./crc32.ts";
import { ImageError } from "./error.ts";

/** The eight bytes with which a PNG begins. */
export const PNG_SIGNATURE: Uint8Array = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** One chunk: four letters and its data. */
export interface PngChunk {
  /** Four letters, such as `IHDR`. */
  readonly type: string;
  /** The data, without length and checksum. */
  readonly data: Uint8Array;
}

/** Whether bytes begin as a PNG does. */
export function isPng(bytes: Uint8Array): boolean {
  return PNG_SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/** Joins chunks to a file. */
export function writeChunks(chunks: readonly PngChunk[]): Uint8Array {
  const size = chunks.reduce((sum, { data }) => sum + 12 + data.length, PNG_SIGNATURE.length);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  out.set(PNG_SIGNATURE);
  let offset = PNG_SIGNATURE.length;
  for (const { type, data } of chunks) {
    view.setUint32(offset, data.length);
    out.set(new TextEncoder().encode(type), offset + 4);
    out.set(data, offset + 8);
    // The checksum covers type and data, not the length.
    view.setUint32(
      offset + 8 + data.length,
      crc32(out.subarray(offset + 4, offset + 8 + data.length)),
    );
    offset += 12 + data.length;
  }
  return out;
}

/** A chunk, and where in the file it begins. */
export interface PlacedChunk {
  /** The chunk; its data are a view of the file's bytes. */
  readonly chunk: PngChunk;
  /** The place of its first byte. */
  readonly at: number;
}

/** Walks through the chunks of a file, up to and with `IEND` or to where the file breaks off. Checksums are not looked at. */
export function* walkChunks(bytes: Uint8Array): Generator<PlacedChunk, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = PNG_SIGNATURE.length; at + 12 <= bytes.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) return;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    yield { chunk: { type, data: bytes.subarray(at + 8, end) }, at };
    if (type === "IEND") return;
    at = end + 4;
  }
}

/**
 * Reads the chunks of a file, up to and with `IEND`; the data are views of the bytes.
 *
 * @throws {ImageError} if the bytes are no PNG, end too early, or a checksum is wrong.
 */
export function* readChunks(bytes: Uint8Array): Generator<PngChunk> {
  if (!isPng(bytes)) throw new ImageError("no PNG signature", "a PNG");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { chunk, at } of walkChunks(bytes)) {
    const end = at + 8 + chunk.data.length;
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      throw new ImageError(
        `wrong checksum of PNG chunk ${JSON.stringify(chunk.type)} at byte ${at}`,
        "that of its data",
      );
    }
    yield chunk;
    if (chunk.type === "IEND") return;
  }
  throw new ImageError(`PNG ends after ${bytes.length} bytes`, "an IEND chunk");
}
