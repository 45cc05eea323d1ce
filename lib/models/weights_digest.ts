/** What the weights of a network are known by. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { filePieces } from "../checkpoints/file_pieces.ts";
import { openWeights, ShardedWeights, type WeightsOptions } from "../checkpoints/shards.ts";

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
  for (const path of paths) for await (const bytes of filePieces(path)) hash.update(bytes);
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
