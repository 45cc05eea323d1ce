/** Files and folders that are there whole or not at all. */
import { dirname } from "node:path";

/** How the name of a file ends that is being written. */
export const PART = ".part";

/** Writes a file and waits until the disk has it. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  await file.sync();
}

/** Writes a file beside its place and moves it there. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.${crypto.randomUUID()}${PART}`;
  try {
    await writeDurably(beside, bytes);
    await Deno.rename(beside, path);
  } catch (error) {
    await removeIfThere(beside).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Moves a folder to its place, whatever was there before. */
export async function moveFolder(from: string, to: string): Promise<void> {
  await syncFolder(from);
  await removeIfThere(to);
  await Deno.rename(from, to);
  await syncFolder(dirname(to));
}

/** A file's bytes; undefined if there is none. */
export async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Removes a file or a folder with all that is in it. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Waits until the disk has a folder's names; where folders cannot be opened, the system sees to it. */
async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path, { read: true });
    await folder.sync();
  } catch {
    // Windows opens no folders.
  }
}
