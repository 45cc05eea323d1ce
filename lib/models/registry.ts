/**
 * Where models are found: by name in the repository's `models/`, or by the path of a checkpoint's folder.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentError } from "../argument_error.ts";
import { isCheckpoint } from "../checkpoints/folder.ts";
import { findPulledModel } from "../checkpoints/hub/pulled_model.ts";

/** A model that is not known: the message lists those that are. */
export class UnknownModelError extends ArgumentError {
  /** The name of the class. */
  override name = "UnknownModelError";
}

/** The folder of the models that ship; undefined where the library was not loaded from a disk. */
function shippedFolder(): string | undefined {
  const url = new URL("../../models/", import.meta.url);
  return url.protocol === "file:" ? fileURLToPath(url) : undefined;
}

/**
 * The names of the models that ship, in the order of the alphabet.
 *
 * Needs the permission to read the repository's `models/`; there are none where the library was not loaded from a disk.
 */
export async function listModels(): Promise<string[]> {
  const folder = shippedFolder();
  if (!folder) return [];
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory && await isCheckpoint(join(folder, name))) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
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
  if (names.includes(nameOrFolder)) return join(shippedFolder()!, nameOrFolder);
  // A name with a line break or a zero is no path.
  if (nameOrFolder && !/\p{Cc}/u.test(nameOrFolder) && await isCheckpoint(nameOrFolder)) return nameOrFolder;
  const pulled = await findPulled(nameOrFolder);
  if (pulled) return pulled;
  const known = names.length ? `one of ${names.join(", ")} or ` : "";
  throw new UnknownModelError("model", nameOrFolder, `${known}the folder of a checkpoint`);
}

/** The folder of a pulled model; undefined where there is none, or its place may not be looked up. */
async function findPulled(name: string): Promise<string | undefined> {
  try {
    return (await findPulledModel(name))?.folder;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || error instanceof ArgumentError) return undefined;
    throw error;
  }
}
