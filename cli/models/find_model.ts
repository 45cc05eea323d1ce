/** How the tasks find the model that is to run. */
import { findModel, UnknownModelError } from "../../lib/models/load.ts";
import { UsageError } from "../errors.ts";

/** Names of repositories on a hub. */
const REPO = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

/**
 * The folder of a model.
 *
 * @param name Its name, its folder, or `ORG/NAME` of a model that was pulled.
 * @param option The option that names it, for errors.
 * @throws {UsageError} if there is none; it says how to get one from a hub, where the name may be one there.
 */
export async function findModelToRun(name: string, option = "model"): Promise<string> {
  try {
    return await findModel(name);
  } catch (error) {
    if (!(error instanceof UnknownModelError)) throw error;
    const message = error.message.replace(/^model:/, `${option}:`);
    const hint = REPO.test(name) ? `; deno task models pull ${name} gets it from the hub` : "";
    throw new UsageError(message + hint, { cause: error });
  }
}
