/** Pictures that users have sent: kept for a while under a name that is a hash of what they are. */
import { join } from "node:path";
import { ImageError, readImageHeader as readHeader, uprightSize } from "../../lib/image.ts";
import { PART, removeIfThere, replaceFile } from "./atomic.ts";
import type { WireUpload } from "../wire.ts";
import { DataError } from "./data_error.ts";

/** The largest number of bytes of an upload. */
export const UPLOAD_BYTES = 12_000_000;

/** What parameters call an upload. */
const ID = /^upload-[0-9a-f]{64}$/;

const types = { PNG: "image/png", JPEG: "image/jpeg", GIF: "image/gif" } as const;

/** Keeps pictures in a folder. */
export class Uploads {
  readonly #folder: string;
  readonly #age: number;
  readonly #pixels: number;

  private constructor(folder: string, age: number, pixels: number) {
    this.#folder = folder;
    this.#age = age;
    this.#pixels = pixels;
  }

  /**
   * Opens the folder; made if it is not there.
   *
   * @param folder Where they lie.
   * @param age How long they are kept after they were last sent, in milliseconds.
   * @param pixels How many pixels a picture may have.
   */
  static async open(folder: string, age: number, pixels: number): Promise<Uploads> {
    try {
      await Deno.mkdir(folder, { recursive: true });
      const uploads = new Uploads(folder, age, pixels);
      await uploads.expire();
      // Nobody else writes here: what a kill has cut short is not written on.
      for await (const { name } of Deno.readDir(folder)) {
        if (name.endsWith(PART)) await removeIfThere(join(folder, name));
      }
      return uploads;
    } catch (error) {
      throw DataError.of(folder, error);
    }
  }

  /** Whether a parameter's value is an upload's name. */
  static isId(value: string): boolean {
    return ID.test(value);
  }

  /**
   * Keeps a picture. Its size is read from its header: nothing is decoded.
   *
   * @throws {ImageError} if it is no PNG, JPEG or GIF, or too large.
   */
  async add(bytes: Uint8Array<ArrayBuffer>): Promise<WireUpload> {
    const { width, height } = uprightSize(readHeader(bytes));
    if (width < 1 || height < 1 || width * height > this.#pixels) {
      throw new ImageError(`${width} x ${height} pixels`, `1 to ${this.#pixels / 1e6} million`, {
        plural: true,
      });
    }
    const id = `upload-${new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()}`;
    // What is there already needs no room: it is kept longer.
    if (!await this.#renew(id)) await replaceFile(join(this.#folder, id), bytes);
    return { id, width, height };
  }

  /** A picture and its type; undefined if there is none, or no longer. */
  async read(id: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string } | undefined> {
    if (!ID.test(id)) return undefined;
    try {
      const bytes = await Deno.readFile(join(this.#folder, id));
      return { bytes, type: types[readHeader(bytes).format] };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof ImageError) return undefined;
      throw error;
    }
  }

  /** Keeps a picture longer; whether there is one. */
  async #renew(id: string): Promise<boolean> {
    const now = new Date();
    return await Deno.utime(join(this.#folder, id), now, now).then(() => true, () => false);
  }

  /** Whether there is a picture of this name. */
  async has(id: string): Promise<boolean> {
    return await this.read(id) !== undefined;
  }

  /** Removes what is too old, and what was not written to its end. */
  async expire(): Promise<void> {
    for await (const { name } of Deno.readDir(this.#folder)) {
      const path = join(this.#folder, name);
      const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
      if (mtime && Date.now() - mtime.getTime() > this.#age) await removeIfThere(path);
    }
  }
}
