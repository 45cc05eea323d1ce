/**
 * The pictures that come with the report, and files of one's own.
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

/** A picture that comes with the report. */
export interface ReportImage {
  /** What sections call it. */
  readonly id: string;
  /** Its file, in `report/images/`. */
  readonly file: string;
  /** What it shows, for people. */
  readonly title: string;
  /** Whether it is a mask: white where to paint anew. */
  readonly mask: boolean;
}

const picture = (id: string, title: string, file = `${id}.png`): ReportImage => ({
  id,
  file,
  title,
  mask: false,
});
const mask = (of: string, title: string): ReportImage => {
  return { id: `mask-${of}`, file: `mask-${of}.png`, title, mask: true };
};

/** The pictures that come with the report. Of a mask `mask-NAME` the picture is `NAME`, and has its size. */
export const reportImages: readonly ReportImage[] = [
  picture("campanile", "a campanile"),
  picture("cat", "a cat"),
  picture("latte", "a latte"),
  picture("drawing-house", "a house and a tree, drawn by hand"),
  picture("drawing-fish", "a fish, drawn by hand"),
  picture("photo-cat", "a photograph of a cat"),
  picture("photo-latte", "a photograph of a latte"),
  picture("photo-rocket", "a photograph of a rocket's launch", "photo-rocket.jpg"),
  mask("campanile", "the campanile's top"),
  mask("cat", "the cat's face"),
  mask("latte", "the coffee in the latte"),
  mask("photo-cat", "the photographed cat's face"),
  mask("photo-latte", "the photographed cup"),
  mask("photo-rocket", "the photographed rocket"),
];

/** What a picture shows, for people: the title of one of the report's; a file of the user's own is called by its id. */
export function titleOfImage(id: string): string {
  return reportImages.find((image) => image.id === id)?.title ?? id;
}

/** Where the files are. */
export const reportImagesFolder: URL = new URL("./images/", import.meta.url);

/** Reads the file of a picture that is not among those of the report; undefined where there is none. */
export type ReadOwnImage = (id: string) => Promise<Uint8Array | undefined>;

/** The options of {@linkcode openImages}. */
export interface OpenImagesOptions {
  /** How many pixels a picture may have; defaults to as many as `decodeImage` takes. */
  readonly maxPixels?: number;
}

/**
 * The pictures of the report, and the user's own. They are decoded one after another: each takes several times its size
 * meanwhile.
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
