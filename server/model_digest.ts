/** The digest that identifies a model's files. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { filePieces, WHOLE_BYTES } from "../lib/checkpoints/mod.ts";

/** The resolution of modification times, in milliseconds. */
const TICK = 2000;

/** Files that no section reads: the card, its pictures and curves. */
const prose = /(^|\/)(README|LICENSE|NOTICE|\.)[^/]*$/i;

/** A file of a model's folder, with the state that shows whether it was rewritten. */
interface FileState {
  readonly path: string;
  readonly size: number;
  readonly written: number;
  /** The change time (ctime), which cannot be set back. */
  readonly changed: number;
}

/** Digests of folders, computed once for each state of the files. */
export class ModelDigests {
  readonly #known = new Map<string, { readonly state: string; readonly digest: string }>();
  readonly #portable: boolean;

  /**
   * @param options `portable`: modification times of large files are left out, so that copies on other
   * machines have the same digest. Then a change of a large file outside of the sampled pieces goes unnoticed.
   */
  constructor({ portable = false }: { portable?: boolean } = {}) {
    this.#portable = portable;
  }

  /** The digest of a folder's files: 16 digits that change when any file does. */
  async of(folder: string): Promise<string> {
    const files = await filesOf(folder);
    const state = stateFrom(files);
    const known = this.#known.get(folder);
    if (known?.state === state) return known.digest;
    const hash = createHash("sha256");
    for (const { path, size, written, changed } of files) {
      hash.update(`${path}\n${size}\n`);
      // Changes between the sampled pieces show in the modification time.
      if (size > WHOLE_BYTES && !this.#portable) hash.update(`${written} ${changed}\n`);
      for await (const piece of filePieces(join(folder, path))) hash.update(piece);
    }
    const digest = hash.digest("hex").slice(0, 16);
    this.#known.set(folder, { state, digest });
    return digest;
  }
}

/** The state of a folder's files, from the file system: a text that changes when one is rewritten. */
export async function stateOf(folder: string): Promise<string> {
  return stateFrom(await filesOf(folder));
}

function stateFrom(files: readonly FileState[]): string {
  const now = Date.now();
  // A file written just now may be rewritten within the clock's resolution: its state is unique.
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
