import { basename, dirname, join } from "node:path";
import { FileError } from "../file_error.ts";
import type { DiskPlace, FileEntry, Files, FileStat, OpenFile } from "../files.ts";
import { readFully } from "./read_fully.ts";

/** The files of a folder on a disk. */
export class DiskFiles implements Files {
  readonly label: string;
  readonly #folder: string | undefined;

  /** `folder` is its path; without one, paths are taken as they are. */
  constructor(folder?: string) {
    this.label = folder ?? ".";
    this.#folder = folder;
  }

  pathOf(path: string): string {
    return this.#folder === undefined ? path : join(this.#folder, path);
  }

  folder(path: string): DiskFiles {
    return new DiskFiles(this.pathOf(path));
  }

  async stat(path: string): Promise<FileStat | undefined> {
    try {
      const { isFile, size } = await Deno.stat(this.pathOf(path));
      return { isFile, size };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
        return undefined;
      }
      throw fileError(this.pathOf(path), error);
    }
  }

  async list(): Promise<readonly FileEntry[]> {
    try {
      return await Array.fromAsync(Deno.readDir(this.label));
    } catch (error) {
      throw fileError(this.label, error);
    }
  }

  readText(path: string): Promise<string> {
    return this.#naming(path, Deno.readTextFile);
  }

  readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.#naming(path, Deno.readFile);
  }

  async open(path: string): Promise<OpenFile> {
    const file = await this.#naming(path, (where) => Deno.open(where));
    try {
      const { size, mtime, ino } = await this.#naming(path, () => file.stat());
      return {
        size,
        version: `${size} ${mtime?.getTime()} ${ino}`,
        read: (offset, length) =>
          this.#naming(path, async () => {
            const bytes = new Uint8Array(length);
            await file.seek(offset, Deno.SeekMode.Start);
            const read = await readFully(file, bytes);
            return read < length ? bytes.subarray(0, read) : bytes;
          }),
        [Symbol.dispose]: () => file.close(),
      };
    } catch (error) {
      file.close();
      throw error;
    }
  }

  async place(path: string): Promise<DiskPlace> {
    const real = await this.#naming(path, async (where) => {
      try {
        return await Deno.realPath(where);
      } catch (error) {
        // Where links may not be followed, the path is as good as any.
        if (error instanceof Deno.errors.NotCapable) return where;
        throw error;
      }
    });
    return { path: real, folder: dirname(real), name: basename(real) };
  }

  async #naming<T>(path: string, read: (path: string) => Promise<T>): Promise<T> {
    const where = this.pathOf(path);
    try {
      return await read(where);
    } catch (error) {
      throw fileError(where, error);
    }
  }
}

/** An error of the system as one that names the file. */
function fileError(path: string, error: unknown): FileError {
  if (error instanceof Deno.errors.NotFound) return new FileError(path, "missing", error);
  return new FileError(
    path,
    error instanceof Deno.errors.NotCapable ? "forbidden" : "unreadable",
    error,
  );
}
