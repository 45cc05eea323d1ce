/** Files by name in a shared folder or a bucket. */

/** A file's metadata. */
export interface StoredObject {
  /** Its name, with its folders: `results/KEY/square.png`. */
  readonly name: string;
  /** Its bytes. */
  readonly size: number;
  /** When it was written, in milliseconds. */
  readonly written: number;
}

/** A store does not answer, or not well, and was asked again for a while. */
export class StoreAwayError extends Error {
  override name = "StoreAwayError";
}

/** Keeps files. Each is there whole or not at all. */
export interface Objects {
  /** Writes a file, in place of one that is there. */
  put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** A file's bytes; undefined if there is none. */
  get(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Makes a file as new as if it had just been written; whether there is one. */
  renew(name: string): Promise<boolean>;
  /** Removes a file; nothing if there is none. */
  remove(name: string): Promise<void>;
  /** All files in a folder and in those below it, in the order of their names. */
  list(folder: string): Promise<StoredObject[]>;
}
