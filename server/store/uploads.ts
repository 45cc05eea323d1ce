/** Pictures that users have sent: kept for a while under a name that is a hash of what they are. */
import { join } from "node:path";
import { ImageError, readImageHeader as readHeader, uprightSize } from "../../lib/image.ts";
import { PART, removeIfThere } from "./atomic.ts";
import type { WireUpload } from "../wire.ts";
import { DataError } from "./data_error.ts";
import { FolderObjects } from "./folder_objects.ts";
import type { Objects } from "./objects.ts";

/** The largest number of bytes of an upload. */
export const UPLOAD_BYTES = 12_000_000;

/** What parameters call an upload. */
const ID = /^upload-[0-9a-f]{64}$/;

const types = { PNG: "image/png", JPEG: "image/jpeg", GIF: "image/gif" } as const;

/** Keeps pictures. */
export class Uploads {
  readonly #objects: Objects;
  /** The folder in which they lie there, with a slash at its end; empty for none. */
  readonly #folder: string;
  readonly #age: number;
  readonly #pixels: number;

  /**
   * @param objects Where they lie, in the folder `uploads`.
   * @param age How long they are kept after they were last sent, in milliseconds.
   * @param pixels How many pixels a picture may have.
   */
  constructor(objects: Objects, age: number, pixels: number, folder = "uploads/") {
    this.#objects = objects;
    this.#folder = folder;
    this.#age = age;
    this.#pixels = pixels;
  }

  /**
   * Opens a folder that nobody else writes to; made if it is not there.
   *
   * @param folder Where they lie.
   * @param age How long they are kept after they were last sent, in milliseconds.
   * @param pixels How many pixels a picture may have.
   */
  static async open(folder: string, age: number, pixels: number): Promise<Uploads> {
    try {
      await Deno.mkdir(folder, { recursive: true });
      const uploads = new Uploads(new FolderObjects(folder), age, pixels, "");
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
    if (!await this.#objects.renew(this.#folder + id)) await this.#objects.put(this.#folder + id, bytes);
    return { id, width, height };
  }

  /** A picture and its type; undefined if there is none, or no longer. */
  async read(id: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string } | undefined> {
    if (!ID.test(id)) return undefined;
    const bytes = await this.#objects.get(this.#folder + id);
    if (!bytes) return undefined;
    try {
      return { bytes, type: types[readHeader(bytes).format] };
    } catch (error) {
      if (error instanceof ImageError) return undefined;
      throw error;
    }
  }

  /** Whether there is a picture of this name. */
  async has(id: string): Promise<boolean> {
    return await this.read(id) !== undefined;
  }

  /** Removes what is too old. */
  async expire(): Promise<void> {
    for (const { name, written } of await this.#objects.list(this.#folder.replace(/\/$/, ""))) {
      if (Date.now() - written > this.#age) await this.#objects.remove(name);
    }
  }
}
