import { CheckpointError } from "../checkpoints/error.ts";
import { readCheckpoint } from "../checkpoints/folder.ts";
import { type Folder, machine } from "../platform/mod.ts";
import { ddpmClasses } from "./ddpm_folder.ts";
import { deepFloydClasses } from "./deepfloyd_folder.ts";
import { mnistClasses } from "./mnist_config.ts";

/** The classes of all kinds. */
const classes: Readonly<Record<ModelKind, readonly string[]>> = {
  pipeline: [mnistClasses.pipeline],
  unet: [mnistClasses.unet],
  classifier: [mnistClasses.classifier],
  "text-to-image": [deepFloydClasses["text-to-image"]],
  "super-resolution": [deepFloydClasses["super-resolution"]],
  unconditional: ddpmClasses,
};

/**
 * The kinds of checkpoints that are supported: of the MNIST networks a diffusion pipeline, a UNet by itself, a classifier;
 * of DeepFloyd IF's the two stages; and `unconditional`, diffusers' pipelines that draw from noise alone.
 */
export type ModelKind =
  | "pipeline"
  | "unet"
  | "classifier"
  | "text-to-image"
  | "super-resolution"
  | "unconditional";

/**
 * Finds out what kind of model a folder holds, by the class that its configuration names.
 *
 * @throws {CheckpointError} if it holds no checkpoint, or one of a class that is not supported.
 */
export async function readKind(folder: Folder): Promise<ModelKind> {
  const checkpoint = await readCheckpoint(folder);
  const isPipeline = checkpoint.kind === "pipeline";
  const className = isPipeline ? checkpoint.index.className : checkpoint.config.text("_class_name");
  const found = Object.entries(classes).find(([, known]) => known.includes(className));
  if (!found) {
    const known = Object.values(isPipeline ? classes : mnistClasses).flat().join(", ");
    throw new CheckpointError(
      `${machine.open(folder).label}: a checkpoint of "${className}" where one of ${known} is expected`,
    );
  }
  return found[0] as ModelKind;
}
