import { join } from "node:path";
import type { PulledStorage } from "./link_or_copy.ts";

/** A file of a pulled model. */
export interface PulledFile {
  /** Its path in the model's folder, with slashes. */
  readonly path: string;
  /** Its bytes. */
  readonly size: number;
  /** What its content hashes to: SHA-256, or git's hash for small files. */
  readonly hash: string;
}

/** What a pulled model's folder says of itself. */
export interface PulledManifest {
  /** The repository, `ORG/NAME`. */
  readonly repo: string;
  /** The branch, tag or commit that was asked for. */
  readonly revision: string;
  /** The commit that all files are of. */
  readonly commit: string;
  /** Whether the files are other names of those in the cache shared with other tools, or copies of them. */
  readonly storage: PulledStorage;
  /** The files. */
  readonly files: readonly PulledFile[];
}

const NAME = ".pulled.json";

/** Reads a folder's manifest; undefined if there is none, or it is none. */
export async function readManifest(folder: string): Promise<PulledManifest | undefined> {
  let value: Partial<PulledManifest> | null;
  try {
    value = JSON.parse(await Deno.readTextFile(join(folder, NAME)));
  } catch (error) {
    const none = [Deno.errors.NotFound, Deno.errors.NotADirectory, SyntaxError];
    if (none.some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
  const texts = [value?.repo, value?.revision, value?.commit, value?.storage];
  return texts.every((text) => typeof text === "string") && Array.isArray(value?.files)
    ? value as PulledManifest
    : undefined;
}

/** Writes a folder's manifest. */
export async function writeManifest(folder: string, manifest: PulledManifest): Promise<void> {
  await Deno.writeTextFile(join(folder, NAME), `${JSON.stringify(manifest, null, 2)}\n`);
}
