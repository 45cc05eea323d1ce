/**
 * Where models are found: by name, if they ship, or by the path or the URL of a checkpoint's folder.
 *
 * One that ships is taken from `models/` beside the library, in a clone as in the package; from where the package is served, if
 * the library was loaded from there; and the large ones, which the package does not hold, from an address of their own.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { isCheckpoint } from "../checkpoints/folder.ts";
import { FileError, type Files, type Folder, machine } from "../platform/mod.ts";
import { library } from "./places.ts";
import { packagedModels, publishedFiles, publishedModel, remoteModels } from "./published.ts";

/** A model that is not known: the message lists those that are. */
export class UnknownModelError extends ArgumentError {
  /** The name of the class. */
  override name = "UnknownModelError";
}

/** The models that ship and are on this disk, next to the library. */
async function modelsOnDisk(): Promise<string[]> {
  if (library.protocol !== "file:") return [];
  const models = machine.open(library);
  const names: string[] = [];
  try {
    for (const { name, isDirectory } of await models.list() ?? []) {
      if (isDirectory && await isCheckpoint(models.folder(name))) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof FileError && error.reason === "missing")) throw error;
  }
  return names;
}

/**
 * The names of the models that ship, in the order of the alphabet: those beside the library, and those that are fetched once
 * they are opened.
 *
 * Needs the permission to read `models/` beside the library, where that was loaded from a disk.
 */
export async function listModels(): Promise<string[]> {
  const names = await modelsOnDisk();
  const served = library.protocol === "file:" ? [] : packagedModels;
  return [...new Set([...names, ...served, ...remoteModels])].sort();
}

/** The path or URL of a model that ships, by name. */
async function shippedModel(name: string): Promise<string | undefined> {
  if ((await modelsOnDisk()).includes(name)) return machine.open(library).pathOf(name);
  return publishedModel(name, library);
}

/**
 * The files of a model.
 *
 * @param model Its folder, or its name if it is one that ships and there is no checkpoint in a folder of that name.
 * @throws {CheckpointError} if the folder cannot be read.
 */
export async function filesOfModel(model: Folder): Promise<Files> {
  const files = openFolder(model);
  const isName = typeof model === "string" && /^[\w.-]+$/.test(model);
  // Next to a page there are no folders of that name, and a request for one would log an error on the console.
  if (!isName || machine.hasDisk && await isCheckpoint(files)) return files;
  const shipped = await shippedModel(model);
  return shipped === undefined ? files : openFolder(shipped);
}

/** The files of a folder; of a model that ships and is fetched, those that were released. */
function openFolder(folder: Folder): Files {
  const isAddress = typeof folder === "string" || folder instanceof URL;
  return (isAddress ? publishedFiles(folder.toString(), library) : undefined) ?? machine.open(folder);
}

/**
 * The folder of a model: its path, or its URL if it was given as one or is downloaded from one.
 *
 * @param nameOrFolder The name of a model that ships, the path of a checkpoint's folder, the URL that its files are below, or
 *   `ORG/NAME` of a model that was pulled from the hub.
 * @throws {UnknownModelError} if it is none of these; the message lists the names.
 */
export async function findModel(nameOrFolder: string): Promise<string> {
  const shipped = await shippedModel(nameOrFolder);
  if (shipped !== undefined) return shipped;
  // A name with a line break or a zero is no path.
  if (nameOrFolder && !/\p{Cc}/u.test(nameOrFolder) && await isCheckpoint(nameOrFolder)) return nameOrFolder;
  if (machine.hasDisk) {
    const { findPulledFolder } = await import("../checkpoints/hub.ts");
    const pulled = await findPulledFolder(nameOrFolder);
    if (pulled) return pulled;
  }
  const known = (await listModels()).join(", ");
  throw new UnknownModelError("model", nameOrFolder, `one of ${known} or the folder of a checkpoint`);
}
