/**
 * Where models are found: by name in the repository's `models/`, or by the path of a checkpoint's folder.
 *
 * @module
 */
import { isCheckpoint } from "../checkpoints/folder.ts";
import { findPulledModel } from "../checkpoints/hub.ts";
import { FileError, type Files, machine } from "../platform/mod.ts";

/** A model that is not known: the message lists those that are. */
export class UnknownModelError extends Error {
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
 * The folder of a model.
 *
 * @param nameOrFolder The name of a model that ships, the path of a checkpoint's folder, or `ORG/NAME` of a model that was
 *   pulled from the hub.
 * @throws {UnknownModelError} if it is none of these; the message lists the names.
 */
export async function findModel(nameOrFolder: string): Promise<string> {
  const names = await listModels();
  if (names.includes(nameOrFolder)) return shippedModels()!.pathOf(nameOrFolder);
  // A name with a line break or a zero is no path.
  if (nameOrFolder && !/\p{Cc}/u.test(nameOrFolder) && await isCheckpoint(nameOrFolder)) return nameOrFolder;
  const pulled = await findPulled(nameOrFolder);
  if (pulled) return pulled;
  const known = names.length ? `one of ${names.join(", ")} or ` : "";
  throw new UnknownModelError(
    `model: ${JSON.stringify(nameOrFolder)} where ${known}the folder of a checkpoint is expected`,
  );
}

/** The folder of a pulled model; undefined where there is none, or its place may not be looked up. */
async function findPulled(name: string): Promise<string | undefined> {
  try {
    return (await findPulledModel(name))?.folder;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || error instanceof RangeError) return undefined;
    throw error;
  }
}
