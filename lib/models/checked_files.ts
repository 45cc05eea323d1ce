/**
 * Files whose content is known beforehand.
 *
 * @module
 */
import {
  type DiskPlace,
  FileError,
  type Files,
  type FileStat,
  machine,
  type OpenFile,
} from "../platform/mod.ts";

/** The SHA-256 of files by their paths, in 64 hexadecimal digits. */
export type Digests = Readonly<Record<string, string>>;

/**
 * The files of a folder that are listed with their digests, and no others: one whose content is another cannot be read, and
 * the error names it and both digests.
 */
export class CheckedFiles implements Files {
  readonly label: string;
  readonly #files: Files;
  readonly #digests: Digests;
  readonly #checked: Set<string>;

  /**
   * Asks for nothing yet.
   *
   * @param files The folder.
   * @param digests What its files hash to.
   * @param checked The files that were checked already, as errors name them.
   */
  constructor(files: Files, digests: Digests, checked: Set<string> = new Set()) {
    this.label = files.label;
    this.#files = files;
    this.#digests = digests;
    this.#checked = checked;
  }

  pathOf(path: string): string {
    return this.#files.pathOf(path);
  }

  folder(path: string): CheckedFiles {
    const inside = Object.entries(this.#digests).flatMap(([name, digest]) => {
      return name.startsWith(`${path}/`) ? [[name.slice(path.length + 1), digest]] : [];
    });
    return new CheckedFiles(this.#files.folder(path), Object.fromEntries(inside), this.#checked);
  }

  async stat(path: string): Promise<FileStat | undefined> {
    return Object.hasOwn(this.#digests, path) ? await this.#files.stat(path) : undefined;
  }

  list(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async readText(path: string): Promise<string> {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await this.readBytes(path));
  }

  async readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    if (!Object.hasOwn(this.#digests, path)) {
      throw new FileError(this.pathOf(path), "missing", new Error("no file of the model that was released"));
    }
    const bytes = await this.#files.readBytes(path);
    const [found, expected] = [await machine.sha256([bytes]), this.#digests[path]];
    if (found === expected) {
      this.#checked.add(this.pathOf(path));
      return bytes;
    }
    const why = `its SHA-256 is ${found} where ${expected} is expected, that of the released file`;
    throw new FileError(this.pathOf(path), "unreadable", why);
  }

  async open(path: string): Promise<OpenFile> {
    await this.#check(path);
    return await this.#files.open(path);
  }

  async place(path: string): Promise<DiskPlace | undefined> {
    await this.#check(path);
    return await this.#files.place(path);
  }

  /** Reads a whole file the first time that a part of it is requested. */
  async #check(path: string): Promise<void> {
    if (!this.#checked.has(this.pathOf(path))) await this.readBytes(path);
  }
}
