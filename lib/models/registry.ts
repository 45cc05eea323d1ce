/**
 * Where models are found: by name in the repository's `models/`, or by the path or the URL of a checkpoint's folder.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { isCheckpoint } from "../checkpoints/folder.ts";
import { findPulledFolder } from "../checkpoints/hub.ts";
import { FileError, type Files, type Folder, machine } from "../platform/mod.ts";

/** A model that is not known: the message lists those that are. */
export class UnknownModelError extends ArgumentError {
  /** The name of the class. */
  override name = "UnknownModelError";
}

/** The models that ship; undefined where the library was not loaded from a disk. */
function shippedModels(): Files | undefined {
  const url = new URL("../../models/", import.meta.url);
  return url.protocol === "file:" ? machine.open(url) : undefined;
}

/**
 * The names of the models that ship, in the order of the alphabet.
 *
 * Needs the permission to read the repository's `models/`; there are none where the library was not loaded from a disk.
 */
export async function listModels(): Promise<string[]> {
  const models = shippedModels();
  if (!models) return [];
  const names: string[] = [];
  try {
    for (const { name, isDirectory } of await models.list() ?? []) {
      if (isDirectory && await isCheckpoint(models.folder(name))) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof FileError && error.reason === "missing")) throw error;
  }
  return names.sort();
}

/**
 * The files of a model.
 *
 * @param model Its folder, or its name if it is one that ships and there is no checkpoint in a folder of that name.
 * @throws {CheckpointError} if the folder cannot be read.
 */
export async function filesOfModel(model: Folder): Promise<Files> {
  const files = machine.open(model);
  const isName = typeof model === "string" && /^[\w.-]+$/.test(model);
  if (!isName || await isCheckpoint(files)) return files;
  return (await listModels()).includes(model) ? shippedModels()!.folder(model) : files;
}

/**
 * The folder of a model: its path, or its URL if it was asked for by that.
 *
 * @param nameOrFolder The name of a model that ships, the path of a checkpoint's folder, the URL that its files lie below, or
 *   `ORG/NAME` of a model that was pulled from the hub.
 * @throws {UnknownModelError} if it is none of these; the message lists the names.
 */
export async function findModel(nameOrFolder: string): Promise<string> {
  const names = await listModels();
  if (names.includes(nameOrFolder)) return shippedModels()!.pathOf(nameOrFolder);
  // A name with a line break or a zero is no path.
  if (nameOrFolder && !/\p{Cc}/u.test(nameOrFolder) && await isCheckpoint(nameOrFolder)) return nameOrFolder;
  const pulled = await findPulledFolder(nameOrFolder);
  if (pulled) return pulled;
  const known = names.length ? `one of ${names.join(", ")} or ` : "";
  throw new UnknownModelError("model", nameOrFolder, `${known}the folder of a checkpoint`);
}
