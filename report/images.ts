/**
 * The pictures that come with the report, and the user's own files.
 *
 * @module
 */
import { ArgumentError } from "../lib/errors.ts";
import { decodeImage, decodeMask, ImageError } from "../lib/image.ts";
import type { FileReference } from "../lib/generation/mod.ts";
import { digest } from "../lib/models/mod.ts";
import { machine } from "../lib/platform/mod.ts";
import type { Tensor } from "../lib/tensor.ts";
import type { ImageShelf } from "./context.ts";
import { reportImages } from "./report_images.ts";

/** The folder of the files. */
export const reportImagesFolder: URL = new URL("./images/", import.meta.url);

/** Reads the file of a picture that is not part of the report; undefined if there is none. */
export type ReadOwnImage = (id: string) => Promise<Uint8Array | undefined>;

/** The options of {@linkcode openImages}. */
export interface OpenImagesOptions {
  /** The maximum number of pixels; defaults to that of `decodeImage`. */
  readonly maxPixels?: number;
}

/**
 * The pictures of the report, and the user's own. They are decoded one after another: each takes several times its size
 * in memory.
 *
 * @param own Reads the user's own; by default there are none.
 * @param options How large a picture may be.
 */
export function openImages(
  own: ReadOwnImage = () => Promise.resolve(undefined),
  { maxPixels }: OpenImagesOptions = {},
): ImageShelf {
  const bytes = async (id: string, isMask: boolean) => {
    const known = reportImages.find((image) => image.id === id);
    if (known) return await machine.open(reportImagesFolder).readBytes(known.file);
    const found = await own(id);
    if (found) return found;
    const ids = reportImages.filter((image) => image.mask === isMask).map((image) => image.id).join(", ");
    const argument = isMask ? "mask" : "image";
    throw new ArgumentError(argument, id, `one of ${ids} or a file`);
  };
  const once = new Map<string, Promise<Tensor>>();
  const files = new Map<string, Promise<FileReference>>();
  let turn: Promise<unknown> = Promise.resolve();
  const decode = async (id: string, isMask: boolean) => {
    const file = await bytes(id, isMask);
    try {
      return await (isMask ? decodeMask : decodeImage)(file, { maxPixels });
    } catch (error) {
      throw error instanceof ImageError ? error.renamed(isMask ? "mask" : "image") : error;
    }
  };
  const open = (id: string, isMask: boolean) => {
    const key = `${isMask} ${id}`;
    const opened = once.get(key) ?? turn.then(() => decode(id, isMask));
    once.set(key, opened);
    turn = opened.catch(() => once.delete(key));
    return opened;
  };
  const reference = async (id: string) => {
    const known = reportImages.find((image) => image.id === id);
    const path = known ? `report/images/${known.file}` : id;
    return { path, digest: await digest(await bytes(id, known?.mask ?? false)) };
  };
  return {
    picture: (id) => open(id, false),
    mask: (id) => open(id, true),
    file(id) {
      const found = files.get(id) ?? reference(id);
      files.set(id, found);
      found.catch(() => files.delete(id));
      return found;
    },
  };
}
