/**
 * Access to the disk: whole reads and writes, failures that name the file, and what tells that a file was changed.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { errorText, SafetensorsError } from "./error.ts";

/** A path as text, for errors and temporary names. */
export function pathOf(path: string | URL): string {
  return typeof path === "string" ? path : fileURLToPath(path);
}

/** Fills an array from a file, from where the file stands; returns how many bytes there were. */
export async function readFully(file: Deno.FsFile, out: Uint8Array): Promise<number> {
  let at = 0;
  while (at < out.length) {
    const n = await file.read(out.subarray(at));
    if (n === null) break;
    at += n;
  }
  return at;
}

/** Writes all of an array. */
export async function writeFully(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** What tells whether a file is still the one whose header was read. */
export interface Stamp {
  readonly size: number;
  readonly modified: number | undefined;
  readonly inode: number | null;
}

/** The stamp of a file as it is now. */
export async function stampOf(file: Deno.FsFile): Promise<Stamp> {
  const { size, mtime, ino } = await file.stat();
  return { size, modified: mtime?.getTime(), inode: ino };
}

/** Opens a file, or says why it cannot. */
async function openFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (cause) {
    throw new SafetensorsError(`${path}: cannot be opened: ${errorText(cause)}`, { cause });
  }
}

/** Does something with a file whose failures should name it. */
export async function reading<T>(path: string, read: (file: Deno.FsFile) => Promise<T>): Promise<T> {
  using file = await openFile(path);
  try {
    return await read(file);
  } catch (cause) {
    if (cause instanceof SafetensorsError) throw cause;
    throw new SafetensorsError(`${path}: cannot be read: ${errorText(cause)}`, { cause });
  }
}
