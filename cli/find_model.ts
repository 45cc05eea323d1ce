/** How the tasks find the model that is to run. */
import { ArgumentError } from "../lib/argument_error.ts";
import { findModel, UnknownModelError } from "../lib/models/load.ts";

/** Names of repositories on a hub. */
const REPO = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

/**
 * The folder of a model.
 *
 * @param name Its name, its folder, or `ORG/NAME` of a model that was pulled.
 * @param option The option that names it, for errors.
 * @throws {ArgumentError} if there is none; it says how to get one from a hub, where the name may be one there.
 */
export async function findModelToRun(name: string, option = "model"): Promise<string> {
  try {
    return await findModel(name);
  } catch (error) {
    if (!(error instanceof UnknownModelError)) throw error;
    const note = REPO.test(name) ? `deno task models pull ${name} gets it from the hub` : undefined;
    throw new ArgumentError(option, name, error.expected, { note, cause: error });
  }
}
