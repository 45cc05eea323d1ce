/** How `--again` knows the weights by which a picture was drawn. */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** What is read of a file in one piece. */
const PIECE = 2 ** 16;

/** Larger files are not read whole, but in as many pieces, evenly over the file: other weights differ everywhere. */
const PIECES = 1024;

/** The start of the SHA-256 of bytes, in hexadecimal digits. */
export function digest(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 16);
}

/**
 * The start of the hash of a network's weights: all `safetensors` files of a folder.
 *
 * @param folder The network's folder, such as a pipeline's `unet/`.
 */
export async function weightsDigest(folder: string): Promise<string> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) if (name.endsWith(".safetensors")) names.push(name);
  const hash = createHash("sha256");
  for (const name of names.sort()) for await (const bytes of pieces(join(folder, name))) hash.update(bytes);
  return hash.digest("hex").slice(0, 16);
}

async function* pieces(path: string): AsyncGenerator<Uint8Array> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const count = Math.min(PIECES, Math.ceil(size / PIECE));
  for (let i = 0; i < count; i++) {
    const offset = size <= PIECES * PIECE ? i * PIECE : Math.floor(i * (size - PIECE) / (count - 1));
    const bytes = new Uint8Array(Math.min(PIECE, size - offset));
    await file.seek(offset, Deno.SeekMode.Start);
    let end = 0;
    for (let n; end < bytes.length && (n = await file.read(bytes.subarray(end))) !== null;) end += n;
    yield bytes.subarray(0, end);
  }
}
