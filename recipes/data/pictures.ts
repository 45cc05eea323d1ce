/** A folder of pictures as a data set. */
import { join } from "node:path";
import { ArgumentError, described } from "../../lib/errors.ts";
import { decodeImage, ImageError, resize } from "../../lib/image.ts";
import { slice, type Tensor } from "../../lib/tensor.ts";
import type { PictureSet } from "./dataset.ts";

/** A file is not even read if it is larger. */
const MAX_FILE_BYTES = 2 ** 28;
/** Labels are bytes. */
const MAX_CLASSES = 256;

/** The options of {@linkcode loadPictures}. */
export interface LoadPicturesOptions {
  /** Height and width of the pictures. */
  size: number;
  /** 3 for colour (the default) or 1 for gray. */
  channels?: 1 | 3;
}

/** A set, and the files that were skipped. */
export type LoadedPictures = PictureSet & {
  /** Files and folders that were left out, each with the reason: `cats/notes.txt: bytes: ...`. */
  readonly skipped: readonly string[];
};

/** The greatest square in the middle of a picture. `[C, H, W]` becomes `[C, S, S]` with S the smaller of H and W. */
function centreCrop(x: Tensor): Tensor {
  const [, height, width] = x.shape;
  const side = Math.min(height, width);
  const top = Math.floor((height - side) / 2);
  const left = Math.floor((width - side) / 2);
  return slice(slice(x, top, top + side, 1), left, left + side, 2);
}

interface Entries {
  readonly files: string[];
  readonly folders: string[];
}

/** The entries of a folder sorted by name, since directory order differs between machines. Hidden ones are ignored. */
async function list(folder: string): Promise<Entries> {
  const entries: Entries = { files: [], folders: [] };
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith(".")) continue;
    // Through links; one that leads nowhere is a file that cannot be read.
    const isFolder = await Deno.stat(join(folder, name)).then((info) => info.isDirectory, () => false);
    entries[isFolder ? "folders" : "files"].push(name);
  }
  entries.files.sort();
  entries.folders.sort();
  return entries;
}

/** The bytes of a file. */
async function read(path: string): Promise<Uint8Array> {
  const { isFile, size } = await Deno.stat(path).catch((cause) => {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new ImageError(
      cause instanceof Deno.errors.NotFound ? "a link that leads nowhere" : "a file that cannot be read",
      "a picture",
      { cause },
    );
  });
  if (!isFile) throw new ImageError("no file", "a picture");
  if (size > MAX_FILE_BYTES) {
    throw new ImageError(`${size} bytes`, `at most ${MAX_FILE_BYTES}`, { plural: true });
  }
  return await Deno.readFile(path).catch((cause) => {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new ImageError("a file that cannot be read", "a picture", { cause });
  });
}

/**
 * Loads the PNG, JPEG and GIF files of a folder, the middle square of each resized to `size` x `size`.
 *
 * Each sub-folder that has a picture is a class, in alphabetical order, and files beside them are left out. Without such
 * sub-folders there are no labels, and the folder's own files are the pictures. What is hidden (its name begins with a dot)
 * does not count; files that are no pictures, and folders that are no class, are left out and listed in `skipped`.
 *
 * @throws {ArgumentError} if size or channels is no such number, or there are more than 256 classes.
 * @throws {Error} if the folder does not exist, or has no picture.
 */
export async function loadPictures(folder: string, options: LoadPicturesOptions): Promise<LoadedPictures> {
  const { size, channels = 3 } = options;
  if (!(Number.isInteger(size) && size > 0)) {
    throw new ArgumentError("size", size, "a whole number from 1");
  }
  const top = await list(folder).catch((cause) => {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) {
      throw new ArgumentError("folder", folder, "a folder of pictures", { cause });
    }
    throw cause;
  });
  const pictures: Uint8Array[] = [];
  const labels: number[] = [];
  const classes: string[] = [];
  const skipped: string[] = [];

  const load = async (path: string): Promise<void> => {
    try {
      const picture = await decodeImage(await read(join(folder, path)), { channels, background: "white" });
      const { data } = resize(centreCrop(picture), size, size, { bytes: true });
      pictures.push(Uint8Array.from(data, (v) => Math.round((v + 1) * 127.5)));
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      skipped.push(`${path}: ${error.reason}`);
    }
  };

  for (const name of top.folders) {
    const before = pictures.length;
    const { files, folders } = await list(join(folder, name));
    for (const file of files) await load(join(name, file));
    if (pictures.length === before) {
      const inside = folders.length > 0 ? `, only folders (${folders[0]})` : "";
      skipped.push(`${name}: a folder without a picture of its own${inside}, which is no class`);
      continue;
    }
    for (const deeper of folders) skipped.push(`${join(name, deeper)}: a folder within a class`);
    if (classes.length === MAX_CLASSES) {
      throw new ArgumentError(
        "folder",
        described(`more than ${MAX_CLASSES} sub-folders of pictures`),
        `at most ${MAX_CLASSES} classes`,
        { plural: true },
      );
    }
    for (let i = before; i < pictures.length; i++) labels.push(classes.length);
    classes.push(name);
  }
  for (const name of top.files) {
    if (classes.length === 0) await load(name);
    else skipped.push(`${name}: stands beside the sub-folders, which are the classes`);
  }

  if (pictures.length === 0) {
    throw new ArgumentError("folder", folder, "a folder with a PNG, JPEG or GIF", {
      note: skipped.length > 0 ? `${skipped.length} left out, the first: ${skipped[0]}` : undefined,
    });
  }
  const images = new Uint8Array(pictures.length * channels * size * size);
  for (const [i, picture] of pictures.entries()) images.set(picture, i * picture.length);
  const set = { images, count: pictures.length, channels, size, skipped };
  return classes.length > 0 ? { ...set, labels: Uint8Array.from(labels), classes } : set;
}
