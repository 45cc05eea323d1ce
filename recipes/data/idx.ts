/**
 * The IDX format of the MNIST files: two zero bytes, the element type, the number of axes, their sizes as big-endian
 * 32-bit integers, then the elements.
 */

/** Thrown for a file that is not the IDX file that it should be; the message names it. */
export class IdxError extends Error {
  /** The name of the class, as errors have it. */
  override name = "IdxError";
}

/** An array of bytes with its sizes. */
export interface IdxArray {
  /** The size of each axis, outermost first. */
  readonly shape: readonly number[];
  /** The elements, a view of the file's bytes. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Parses an IDX file of unsigned bytes.
 *
 * @param bytes the whole file.
 * @param name what to call it in errors.
 * @throws {IdxError} if it is anything else, or shorter or longer than its sizes say.
 */
export function parseIdx(bytes: Uint8Array, name: string): IdxArray {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new IdxError(`${name}: compressed by gzip where an unpacked IDX file is expected`);
  }
  if (bytes.length < 4) throw new IdxError(`${name}: ${bytes.length} bytes where an IDX header is expected`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hex = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, "0")}`;
  const [type, axes] = [bytes[2], bytes[3]];
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    throw new IdxError(`${name}: magic number ${hex(view.getUint32(0), 8)} where 0x000008.. is expected`);
  }
  if (type !== UNSIGNED_BYTE) {
    throw new IdxError(`${name}: element type ${hex(type, 2)} where unsigned bytes (0x08) are expected`);
  }
  const header = 4 + 4 * axes;
  if (axes === 0) throw new IdxError(`${name}: no axis where at least one is expected`);
  if (bytes.length < header) {
    throw new IdxError(
      `${name}: ${bytes.length} bytes where a header of ${header} is expected for ${axes} axes`,
    );
  }
  const shape = Array.from({ length: axes }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = header + shape.reduce((product, n) => product * n, 1);
  if (bytes.length !== expected) {
    throw new IdxError(`${name}: ${bytes.length} bytes where ${expected} are expected for [${shape}]`);
  }
  return { shape, data: bytes.subarray(header) };
}
