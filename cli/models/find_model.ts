/** How the tasks find the model to run. */
import { ArgumentError } from "../../lib/errors.ts";
import { findModel, type ModelFolder, openModelFolder, UnknownModelError } from "../../lib/models/mod.ts";

/** Names of repositories on a hub. */
const REPO = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

/**
 * The folder of a model.
 *
 * @param name Its name, its folder, or `ORG/NAME` of a model that was pulled.
 * @param option The option that names it, for errors.
 * @throws {ArgumentError} if there is none; the message says how to pull it if the name could be a repository on a hub.
 */
export async function findModelToRun(name: string, option = "model"): Promise<string> {
  return await findModel(name).catch((error) => {
    throw withHint(error, name, option);
  });
}

/**
 * The folder of a model, read: what {@linkcode findModelToRun} finds.
 *
 * @param name Its name, its folder, or `ORG/NAME` of a model that was pulled.
 * @param options The option that names it, for errors, and the variant of its weights.
 * @throws {ArgumentError} if there is none.
 * @throws {CheckpointError} if the folder holds no model that is supported.
 */
export async function openModelToRun(
  name: string,
  { option = "model", variant }: { readonly option?: string; readonly variant?: string } = {},
): Promise<ModelFolder> {
  return await openModelFolder(name, { variant }).catch((error) => {
    throw withHint(error, name, option);
  });
}

/** The error, with how to get the model from a hub. */
function withHint(error: unknown, name: string, option: string): unknown {
  if (!(error instanceof UnknownModelError)) return error;
  const note = REPO.test(name) ? `deno task models pull ${name} gets it from the hub` : undefined;
  return new ArgumentError(option, name, error.expected, { note, cause: error });
}
