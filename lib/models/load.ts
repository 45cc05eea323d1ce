/**
 * Opens a model by its name, whatever kind it is.
 *
 * @module
 */
import { CheckpointError } from "../checkpoints/error.ts";
import { openOptionNames, type OpenOptions } from "./batched_session.ts";
import { readKind } from "./kind.ts";
import { type MnistModel, openMnistModel } from "./mnist.ts";
import { type MnistClassifier, openMnistClassifier } from "./mnist_classifier.ts";
import { type MnistDenoiser, openMnistDenoiser } from "./mnist_denoiser.ts";
import { findModel } from "./registry.ts";
import { openUnet2D, type Unet2DModel } from "./unet2d.ts";
import { assertOptions } from "../options.ts";

export { findModel, listModels, UnknownModelError } from "./registry.ts";

/** A running model of any kind that needs no text; `instanceof` distinguishes them. */
export type AnyModel = MnistModel | MnistDenoiser | MnistClassifier | Unet2DModel;

/**
 * Opens a model that needs no text. Pipelines that draw texts are opened by `openTextToImage`.
 *
 * @param nameOrFolder The name of a model that ships (see {@linkcode listModels}), or the path or the URL of a checkpoint's
 *   folder.
 * @param options The device and the threads.
 * @throws {UnknownModelError} if there is no such model; the message lists the names.
 * @throws {CheckpointError} if the checkpoint is of a kind that is not supported, or its files do not fit together.
 * @throws {SafetensorsError} if the weights cannot be read, or are not whole.
 * @throws {SessionError} if the device does not work.
 *
 * @example
 * ```ts
 * await using model = await loadModel("mnist-class", { device: "cpu" });
 * ```
 */
export async function loadModel(nameOrFolder: string, options: OpenOptions = {}): Promise<AnyModel> {
  assertOptions(options, openOptionNames);
  const folder = await findModel(nameOrFolder);
  switch (await readKind(folder)) {
    case "pipeline":
      return await openMnistModel(folder, options);
    case "unet":
      return await openMnistDenoiser(folder, options);
    case "classifier":
      return await openMnistClassifier(folder, options);
    case "unconditional":
      return await openUnet2D(folder, options);
    case "text-to-image":
    case "super-resolution":
      throw new CheckpointError(
        `${folder}: a text-to-image pipeline where one that needs no text is expected`,
      );
  }
}
