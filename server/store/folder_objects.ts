/** Files in a folder, which several machines may share. */
import { dirname, join } from "node:path";
import { PART, readIfThere, removeIfThere, replaceFile } from "./atomic.ts";
import type { Objects, StoredObject } from "./objects.ts";

/** Keeps files in a folder. */
export class FolderObjects implements Objects {
  readonly #folder: string;

  /** @param folder Where they lie; made when the first is written. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const path = join(this.#folder, name);
    try {
      await Deno.mkdir(dirname(path), { recursive: true });
      await replaceFile(path, bytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      // The folder was empty, and went with its last file.
      await Deno.mkdir(dirname(path), { recursive: true });
      await replaceFile(path, bytes);
    }
  }

  async get(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await readIfThere(join(this.#folder, name));
  }

  async renew(name: string): Promise<boolean> {
    const now = new Date();
    return await Deno.utime(join(this.#folder, name), now, now).then(() => true, () => false);
  }

  async remove(name: string): Promise<void> {
    const path = join(this.#folder, name);
    await removeIfThere(path);
    // Folders come and go with their files; one that still has some stays.
    if (name.includes("/")) await Deno.remove(dirname(path)).catch(() => {});
  }

  async list(folder: string): Promise<StoredObject[]> {
    const found: StoredObject[] = [];
    try {
      for await (const { name, isDirectory } of Deno.readDir(join(this.#folder, folder))) {
        const path = folder === "" ? name : `${folder}/${name}`;
        if (isDirectory) found.push(...await this.list(path));
        else if (!name.endsWith(PART)) {
          const { size, mtime } = await Deno.stat(join(this.#folder, path));
          found.push({ name: path, size, written: mtime?.getTime() ?? 0 });
        }
      }
    } catch (error) {
      // Another machine may have removed it in between.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return found.sort((a, b) => a.name < b.name ? -1 : 1);
  }
}
