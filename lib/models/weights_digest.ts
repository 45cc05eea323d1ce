/** What the weights of a network are known by. */
import { filePieces } from "../checkpoints/file_pieces.ts";
import { openWeights, ShardedWeights, type WeightsOptions } from "../checkpoints/shards.ts";
import { type Files, type Folder, machine } from "../platform/mod.ts";

/** How many hexadecimal digits of a hash are kept. */
const DIGITS = 16;

/** The start of the SHA-256 of bytes, in hexadecimal digits; of texts, that of their UTF-8. */
export async function digest(...parts: readonly (Uint8Array | string)[]): Promise<string> {
  const encoder = new TextEncoder();
  const bytes = parts.map((part) => typeof part === "string" ? encoder.encode(part) : part);
  return (await machine.sha256(bytes)).slice(0, DIGITS);
}

/**
 * The start of the hash of a network's weights: all `safetensors` files of a folder, or those of a variant. Where a folder cannot
 * be listed, as below a URL, those that the network is opened from.
 *
 * @param folder The network's folder, such as a pipeline's `unet/`.
 * @param options The variant, if any.
 * @throws {FileError} if a file cannot be read.
 * @throws {SafetensorsError} if the requested variant is missing.
 */
export async function weightsDigest(folder: Folder, { variant }: WeightsOptions = {}): Promise<string> {
  const files = machine.open(folder);
  const all = variant === undefined ? await allWeights(files) : undefined;
  return (await machine.sha256(pieces(files, all ?? await openedWeights(files, variant)))).slice(0, DIGITS);
}

async function* pieces(files: Files, names: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const name of names) yield* filePieces(name, files);
}

async function allWeights(files: Files): Promise<string[] | undefined> {
  const entries = await files.list();
  return entries?.map(({ name }) => name).filter((name) => name.endsWith(".safetensors")).sort();
}

async function openedWeights(files: Files, variant: string | undefined): Promise<string[]> {
  const weights = await openWeights(files, "diffusion_pytorch_model", { variant });
  return (weights instanceof ShardedWeights ? weights.files : [weights]).map(({ name }) => name);
}
