/**
 * The folder that a pulled model is opened from. The links of the shared cache lead out of the snapshot's folder, which ONNX
 * Runtime refuses for weights; so the files get second names in a folder of this library's own, and copies where the two lie
 * on different disks.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { type Link, linkOrCopy, type PulledStorage } from "./link_or_copy.ts";
import { lock } from "./lock.ts";
import { type PulledFile, type PulledManifest, readManifest, writeManifest } from "./manifest.ts";
import { sizeAt } from "./size_at.ts";

/** What to put in the folder. */
export interface Contents extends Pick<PulledManifest, "repo" | "revision" | "commit"> {
  /** The files, each with the blob that has its content. */
  readonly files: readonly (PulledFile & { readonly blob: string })[];
}

/**
 * Makes a model's folder anew beside the old one, and puts it in its place only when it is whole. Files that earlier pulls of
 * the same commit have brought stay; those of other commits go.
 *
 * @param folder The model's folder.
 * @param contents What to put in it.
 * @param signal Ends the waiting for another process that does the same.
 * @param link How to make a link.
 */
export async function fillModelFolder(
  folder: string,
  contents: Contents,
  signal?: AbortSignal,
  link?: Link,
): Promise<void> {
  using _ = await lock(hiddenBeside(folder, "lock"), signal);
  const old = await readManifest(folder);
  const kept = old?.commit === contents.commit ? old.files : [];
  if (await holds(folder, kept, contents.files)) return;
  await removeLeftovers(folder);
  const staging = hiddenBeside(folder, "new");
  try {
    await writeFiles(staging, folder, kept, contents, signal, link);
    await swap(staging, folder);
  } finally {
    await removeLeftovers(folder);
  }
}

/** Whether all wanted files are there already. */
async function holds(
  folder: string,
  kept: readonly PulledFile[],
  wanted: readonly PulledFile[],
): Promise<boolean> {
  const known = new Map(kept.map(({ path, hash }) => [path, hash]));
  for (const { path, size, hash } of wanted) {
    if (known.get(path) !== hash || await sizeAt(join(folder, path)) !== size) return false;
  }
  return true;
}

async function writeFiles(
  staging: string,
  folder: string,
  kept: readonly PulledFile[],
  { files, ...origin }: Contents,
  signal?: AbortSignal,
  link?: Link,
): Promise<void> {
  const written = new Map<string, PulledFile>();
  let storage: PulledStorage = "links";
  const add = async ({ path, size, hash }: PulledFile, from: string) => {
    signal?.throwIfAborted();
    const to = join(staging, path);
    await Deno.mkdir(dirname(to), { recursive: true });
    if (await linkOrCopy(from, to, link) === "copies") storage = "copies";
    written.set(path, { path, size, hash });
  };
  for (const file of files) await add(file, file.blob);
  for (const file of kept) {
    const from = join(folder, file.path);
    // What somebody has taken out of the folder is not missed here.
    if (!written.has(file.path) && await sizeAt(from) === file.size) await add(file, from);
  }
  await writeManifest(staging, { ...origin, storage, files: [...written.values()] });
}

/** Puts the new folder in the old one's place; a system cannot do it in one step. */
async function swap(staging: string, folder: string): Promise<void> {
  const old = hiddenBeside(folder, "old");
  try {
    await Deno.rename(folder, old);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.rename(staging, folder);
}

/** Removes what a process that was ended in the middle has left, and the old folder. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const kind of ["new", "old"] as const) {
    await Deno.remove(hiddenBeside(folder, kind), { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

function hiddenBeside(folder: string, kind: "lock" | "new" | "old"): string {
  return join(dirname(folder), `.${basename(folder)}.${kind}`);
}
