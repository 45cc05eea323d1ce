/** What a file is known by, without reading all of a large one. */
import { type Files, machine } from "../platform/mod.ts";

/** What is read of a file in one piece, in bytes. */
const PIECE = 2 ** 16;

/** Larger files are not read whole, but in as many pieces, evenly over the file: other weights differ everywhere. */
const PIECES = 1024;

/** The size in bytes up to which {@linkcode filePieces} gives the whole file. */
export const WHOLE_BYTES = PIECES * PIECE;

/**
 * The pieces of a file that tell it from others: all of it up to {@linkcode WHOLE_BYTES}, of a larger one 1024 pieces of 64 KiB,
 * evenly from its first byte to its last.
 *
 * @param path The file.
 * @param files What the path is one of; defaults to those of the disk.
 * @throws {FileError} if it cannot be read.
 */
export async function* filePieces(path: string, files: Files = machine.files): AsyncGenerator<Uint8Array> {
  using file = await files.open(path);
  const { size } = file;
  const count = Math.min(PIECES, Math.ceil(size / PIECE));
  for (let i = 0; i < count; i++) {
    const offset = size <= WHOLE_BYTES ? i * PIECE : Math.floor(i * (size - PIECE) / (count - 1));
    yield await file.read(offset, Math.min(PIECE, size - offset));
  }
}
