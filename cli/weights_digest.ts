/** How `--again` knows the weights by which a picture was drawn. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { openWeights, ShardedWeights, type WeightsOptions } from "../lib/checkpoints/shards.ts";

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
 * The start of the hash of a network's weights: all `safetensors` files of a folder, or those of a variant.
 *
 * @param folder The network's folder, such as a pipeline's `unet/`.
 * @param options The variant, where one is asked for.
 */
export async function weightsDigest(folder: string, { variant }: WeightsOptions = {}): Promise<string> {
  const paths = variant === undefined ? await allWeights(folder) : await openedWeights(folder, variant);
  const hash = createHash("sha256");
  for (const path of paths) for await (const bytes of pieces(path)) hash.update(bytes);
  return hash.digest("hex").slice(0, 16);
}

async function allWeights(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) if (name.endsWith(".safetensors")) names.push(name);
  return names.sort().map((name) => join(folder, name));
}

async function openedWeights(folder: string, variant: string): Promise<string[]> {
  const weights = await openWeights(folder, "diffusion_pytorch_model", { variant });
  return (weights instanceof ShardedWeights ? weights.files : [weights]).map(({ path }) => path);
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
