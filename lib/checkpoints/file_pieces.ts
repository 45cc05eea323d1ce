/** What a file is known by, without reading all of a large one. */

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
 */
export async function* filePieces(path: string): AsyncGenerator<Uint8Array> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const count = Math.min(PIECES, Math.ceil(size / PIECE));
  for (let i = 0; i < count; i++) {
    const offset = size <= WHOLE_BYTES ? i * PIECE : Math.floor(i * (size - PIECE) / (count - 1));
    const bytes = new Uint8Array(Math.min(PIECE, size - offset));
    await file.seek(offset, Deno.SeekMode.Start);
    let end = 0;
    for (let n; end < bytes.length && (n = await file.read(bytes.subarray(end))) !== null;) end += n;
    yield bytes.subarray(0, end);
  }
}
