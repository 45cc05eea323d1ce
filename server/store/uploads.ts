/** Files that users have sent, pictures and weights: kept for a while under a name that is a hash of what they are. */
import { join } from "node:path";
import { parseSafetensors } from "../../lib/checkpoints/mod.ts";
import { ImageError, readImageHeader as readHeader, uprightSize } from "../../lib/image.ts";
import { PART, removeIfThere } from "./atomic.ts";
import type { WireUpload } from "../wire.ts";
import { DataError } from "./data_error.ts";
import { FolderObjects } from "./folder_objects.ts";
import type { Objects } from "./objects.ts";

/** The largest number of bytes of a picture. */
export const UPLOAD_BYTES = 12_000_000;

/** The largest number of bytes of a LoRA or a learned token. */
export const WEIGHTS_BYTES = 100_000_000;

/** What parameters call a picture. */
const ID = /^upload-[0-9a-f]{64}$/;

/** What parameters call weights. */
const WEIGHTS_ID = /^weights-[0-9a-f]{64}$/;

const types = { PNG: "image/png", JPEG: "image/jpeg", GIF: "image/gif" } as const;

/** Keeps pictures, and the weights that members of a fleet draw with. */
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

  /** Whether a parameter's value is a picture's name. */
  static isId(value: string): boolean {
    return ID.test(value);
  }

  /** Whether a parameter's value is the name of weights. */
  static isWeightsId(value: string): boolean {
    return WEIGHTS_ID.test(value);
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
    return { id: await this.#keep("upload", bytes), width, height };
  }

  /**
   * Keeps a LoRA or a learned token. Its header alone is looked at: whoever draws with it says whether it fits.
   *
   * @returns What parameters call it.
   * @throws {SafetensorsError} if it is no whole safetensors file.
   */
  async addWeights(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    parseSafetensors(bytes, "weights");
    return await this.#keep("weights", bytes);
  }

  /** A picture and its type; undefined if there is none, or no longer. */
  async read(id: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string } | undefined> {
    const bytes = ID.test(id) ? await this.bytes(id) : undefined;
    if (!bytes) return undefined;
    try {
      return { bytes, type: types[readHeader(bytes).format] };
    } catch (error) {
      if (error instanceof ImageError) return undefined;
      throw error;
    }
  }

  /** The bytes of a picture or of weights; undefined if there are none, or no longer. */
  async bytes(id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return ID.test(id) || WEIGHTS_ID.test(id) ? await this.#objects.get(this.#folder + id) : undefined;
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

  /** Keeps bytes; the outcome is their name. */
  async #keep(kind: "upload" | "weights", bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const id = `${kind}-${new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()}`;
    // What is there already needs no room: it is kept longer.
    if (!await this.#objects.renew(this.#folder + id)) await this.#objects.put(this.#folder + id, bytes);
    return id;
  }
}
