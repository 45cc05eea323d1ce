import type { Hash } from "node:crypto";
import { startHash } from "./digest.ts";
import type { RemoteFile } from "./remote_file.ts";

/** A file that is on its way: what has arrived lies on the disk, hashed. */
export class PartialFile implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #remote: RemoteFile;
  #hash: Hash;
  #length = 0;
  #closed = false;

  private constructor(file: Deno.FsFile, remote: RemoteFile) {
    this.#file = file;
    this.#remote = remote;
    this.#hash = startHash(remote.digest, remote.size);
  }

  /**
   * Opens it, and hashes what an earlier process has left.
   *
   * @param path Where it lies; made if it does not exist.
   * @param remote What it will be.
   * @param signal Ends the hashing.
   */
  static async open(path: string, remote: RemoteFile, signal?: AbortSignal): Promise<PartialFile> {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    const partial = new PartialFile(file, remote);
    try {
      const { size } = await file.stat();
      if (size > remote.size) await partial.restart();
      else await partial.#hashWhatIsThere(size, signal);
    } catch (error) {
      file.close();
      throw error;
    }
    return partial;
  }

  async #hashWhatIsThere(size: number, signal?: AbortSignal): Promise<void> {
    const buffer = new Uint8Array(1 << 20);
    while (this.#length < size) {
      signal?.throwIfAborted();
      const read = await this.#file.read(buffer);
      if (read === null) return;
      this.#hash.update(buffer.subarray(0, read));
      this.#length += read;
    }
  }

  /** How many bytes have arrived. */
  get length(): number {
    return this.#length;
  }

  /** Adds what has arrived next. */
  async append(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      written += await this.#file.write(bytes.subarray(written));
    }
    this.#hash.update(bytes);
    this.#length += bytes.length;
  }

  /** Forgets all that has arrived. */
  async restart(): Promise<void> {
    await this.#file.truncate(0);
    await this.#file.seek(0, Deno.SeekMode.Start);
    this.#hash = startHash(this.#remote.digest, this.#remote.size);
    this.#length = 0;
  }

  /** The hash of all that has arrived, which must be whole: nothing can be added any more. */
  finish(): string {
    return this.#hash.digest("hex");
  }

  /** Waits until all is on the disk. */
  async sync(): Promise<void> {
    await this.#file.syncData();
  }

  /** Closes the file; the second time it does nothing. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#file.close();
  }
}
