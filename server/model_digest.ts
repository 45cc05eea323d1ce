/** What a model's files are known by. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { filePieces, WHOLE_BYTES } from "../lib/checkpoints/mod.ts";

/** The time of a change is known in seconds, in milliseconds. */
const TICK = 2000;

/** What no section reads: what is written about a model, and pictures and curves for its card. */
const prose = /(^|\/)(README|LICENSE|NOTICE|\.)[^/]*$/i;

/** A file of a model's folder, and by what it can be seen that it was written again. */
interface FileState {
  readonly path: string;
  readonly size: number;
  readonly written: number;
  /** The time of the last change of any kind, which nobody can set back. */
  readonly changed: number;
}

/** Digests of folders, each made once for each state of its files. */
export class ModelDigests {
  readonly #known = new Map<string, { readonly state: string; readonly digest: string }>();
  readonly #portable: boolean;

  /**
   * @param options `portable`: what only this machine knows, the times of large files, is left out, so that copies on other
   * machines have the same digest. A large file that was changed between the pieces that are read then has the same as well.
   */
  constructor({ portable = false }: { portable?: boolean } = {}) {
    this.#portable = portable;
  }

  /** What the files of a folder are known by: 16 digits that are others when any file is. */
  async of(folder: string): Promise<string> {
    const files = await filesOf(folder);
    const state = stateFrom(files);
    const known = this.#known.get(folder);
    if (known?.state === state) return known.digest;
    const hash = createHash("sha256");
    for (const { path, size, written, changed } of files) {
      hash.update(`${path}\n${size}\n`);
      // What lies between the pieces may have been trained by itself.
      if (size > WHOLE_BYTES && !this.#portable) hash.update(`${written} ${changed}\n`);
      for await (const piece of filePieces(join(folder, path))) hash.update(piece);
    }
    const digest = hash.digest("hex").slice(0, 16);
    this.#known.set(folder, { state, digest });
    return digest;
  }
}

/** The state of a folder's files, as far as the system tells it: another text when one was written again. */
export async function stateOf(folder: string): Promise<string> {
  return stateFrom(await filesOf(folder));
}

function stateFrom(files: readonly FileState[]): string {
  const now = Date.now();
  // Of a file that was written just now nobody knows whether it is written again: its state is like no other.
  const settled = files.every(({ changed }) => Math.abs(now - changed) > TICK);
  return JSON.stringify(files) + (settled ? "" : crypto.randomUUID());
}

async function filesOf(folder: string, prefix = ""): Promise<FileState[]> {
  const files: FileState[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
    const path = prefix + name;
    if (prose.test(path)) continue;
    if (isDirectory) files.push(...await filesOf(folder, `${path}/`));
    else {
      const { size, mtime, ctime } = await Deno.stat(join(folder, path));
      files.push({ path, size, written: mtime?.getTime() ?? 0, changed: ctime?.getTime() ?? 0 });
    }
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}
