import { CheckpointError } from "../checkpoints/error.ts";
import { readCheckpoint } from "../checkpoints/folder.ts";
import { mnistClasses } from "./mnist_config.ts";

/** The kinds of checkpoints that are supported: a diffusion pipeline, a UNet by itself, a classifier. */
export type ModelKind = keyof typeof mnistClasses;

/**
 * Finds out what kind of model a folder holds, by the class that its configuration names.
 *
 * @throws {CheckpointError} if it holds no checkpoint, or one of a class that is not supported.
 */
export async function readKind(folder: string): Promise<ModelKind> {
  const checkpoint = await readCheckpoint(folder);
  const className = checkpoint.kind === "pipeline"
    ? checkpoint.index.className
    : checkpoint.config.text("_class_name");
  const found = Object.entries(mnistClasses).find(([, known]) => known === className);
  if (!found) {
    const known = Object.values(mnistClasses).join(", ");
    throw new CheckpointError(`${folder}: a checkpoint of "${className}" where one of ${known} is expected`);
  }
  return found[0] as ModelKind;
}
