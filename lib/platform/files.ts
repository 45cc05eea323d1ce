/**
 * Files, wherever they are: on a disk, below a URL, in memory.
 *
 * @module
 */

/** What {@linkcode Files.stat} finds. */
export interface FileStat {
  /** Whether it is a file; else it is a folder, or something else. */
  readonly isFile: boolean;
  /** Its bytes. */
  readonly size: number;
}

/** An entry of a folder. */
export interface FileEntry {
  /** Its name in the folder. */
  readonly name: string;
  /** Whether it is a folder itself. */
  readonly isDirectory: boolean;
}

/** Where a file is on disk, with links resolved: for opening or mapping it directly. */
export interface DiskPlace {
  /** The folder's path. */
  readonly folder: string;
  /** The file's name in it. */
  readonly name: string;
  /** Both together. */
  readonly path: string;
}

/** A file that is read in parts. */
export interface OpenFile extends Disposable {
  /** Its bytes. */
  readonly size: number;
  /** Identifies the content: equal as long as the file was not written in between. */
  readonly version: string;
  /**
   * Reads a part.
   *
   * @param offset The part's first byte, from 0.
   * @param length How many bytes.
   * @returns The bytes; fewer where the file ends before.
   * @throws {FileError} if it cannot be read.
   */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** The files of a folder and of the folders in it, by their paths with slashes: `unet/config.json`. */
export interface Files {
  /** The folder, as errors name it: its path or address. */
  readonly label: string;

  /** A file, as errors name it. */
  pathOf(path: string): string;

  /** A folder in this one. */
  folder(path: string): Files;

  /**
   * What is at a path; undefined if nothing is.
   *
   * @throws {FileError} if that cannot be found out.
   */
  stat(path: string): Promise<FileStat | undefined>;

  /**
   * What is in the folder, in no order; undefined where a folder cannot be listed, as below a URL.
   *
   * @throws {FileError} if there is no such folder, or it cannot be read.
   */
  list(): Promise<readonly FileEntry[] | undefined>;

  /**
   * A file's text, which is UTF-8.
   *
   * @throws {FileError} if it cannot be read.
   */
  readText(path: string): Promise<string>;

  /**
   * All bytes of a file.
   *
   * @throws {FileError} if it cannot be read.
   */
  readBytes(path: string): Promise<Uint8Array<ArrayBuffer>>;

  /**
   * Opens a file to read parts of it.
   *
   * @throws {FileError} if it cannot be read.
   */
  open(path: string): Promise<OpenFile>;

  /**
   * Where a file is on disk; undefined if it is not on one.
   *
   * @throws {FileError} if it cannot be read.
   */
  place(path: string): Promise<DiskPlace | undefined>;
}

/** A folder: its path, the base URL of its files (`https://…`), or the files themselves. */
export type Folder = string | URL | Files;

/** Whether a folder is given by its files. */
export function isFiles(folder: Folder): folder is Files {
  return typeof folder === "object" && "readBytes" in folder;
}
