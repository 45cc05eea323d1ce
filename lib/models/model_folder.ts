/**
 * The folder of a model, read once for everybody who asks.
 *
 * @module
 */
import { Config } from "../checkpoints/config.ts";
import { readScheduler, type SchedulerSettings } from "../diffusion/scheduler_config.ts";
import { readDeepFloydConfig } from "../nn/deepfloyd/mod.ts";
import { assertOptions } from "../options.ts";
import type { Files } from "../platform/mod.ts";
import { readDeepFloydScheduler } from "./deepfloyd.ts";
import { componentFolder, readDdpmFolder } from "./ddpm_folder.ts";
import { type ModelKind, readKind } from "./kind.ts";
import { filesOfModel, findModel } from "./registry.ts";
import { readSamplingDefaults, type SamplingDefaults } from "./sampling_defaults.ts";
import { type ModelVocabulary, readVocabulary } from "./vocabulary.ts";
import { weightsDigest } from "./weights_digest.ts";

/** How {@linkcode openModelFolder} opens a folder. */
export interface ModelFolderOptions {
  /** The variant of the weights, such as `fp16`; defaults to the weights without one. */
  readonly variant?: string;
}

/** What a model's folder says. */
export interface ModelFolder {
  /** The model as requested: its name, its folder, or `ORG/NAME`. */
  readonly name: string;
  /** The folder: its path or address. */
  readonly path: string;
  /** Its files, as `openTextToImage` and other functions take them. */
  readonly files: Files;
  /** What kind of model it holds. */
  readonly kind: ModelKind;
  /** The requested variant of the weights. */
  readonly variant?: string;
  /** How it is best sampled, where the folder says so: `sampling_config.json`, or the class of the pipeline. */
  readonly sampling: SamplingDefaults;
  /**
   * The start of the hash of its network's weights, in 16 hexadecimal digits.
   *
   * @throws {SafetensorsError} if the requested variant is missing.
   */
  weights(): Promise<string>;
  /**
   * What the scheduler's configuration says, of pipelines.
   *
   * @throws {CheckpointError} if it cannot be read, or asks for what no sampler does.
   */
  scheduler(): Promise<SchedulerSettings>;
  /**
   * What it has learned to draw; undefined where that is not written down.
   *
   * @throws {CheckpointError} if the file is damaged.
   */
  vocabulary(): Promise<ModelVocabulary | undefined>;
}

/**
 * Opens the folder of a model. Its kind and its recommendations are read now; everything else is read on request, and
 * only once.
 *
 * @param nameOrFolder The name of a model that ships, the path of a checkpoint's folder, or `ORG/NAME` of a model that was
 * pulled from the hub.
 * @param options The variant of the weights.
 * @throws {UnknownModelError} if there is no such model; the message lists the names.
 * @throws {CheckpointError} if the folder holds no checkpoint of a supported class, or its recommendations are out of range.
 *
 * @example
 * ```ts
 * const { kind, sampling } = await openModelFolder("emoji-I");
 * console.log(kind, sampling.numInferenceSteps); // text-to-image 20
 * ```
 */
export async function openModelFolder(
  nameOrFolder: string,
  options: ModelFolderOptions = {},
): Promise<ModelFolder> {
  assertOptions(options, { variant: true });
  const { variant } = options;
  const path = await findModel(nameOrFolder);
  const files = await filesOfModel(path);
  const kind = await readKind(files);
  const drawsTexts = kind === "text-to-image" || kind === "super-resolution";
  return {
    name: nameOrFolder,
    path,
    files,
    kind,
    variant,
    sampling: await samplingOf(files, kind),
    weights: once(async () =>
      weightsDigest(await componentFolder(files, "unet", "config.json"), { variant })
    ),
    scheduler: once(() => {
      if (kind === "unconditional") return readDdpmFolder(files).then(({ scheduler }) => scheduler);
      return drawsTexts ? textScheduler(files) : digitScheduler(files);
    }),
    vocabulary: once(() => readVocabulary(files)),
  };
}

/** What a folder recommends: its own file, or the number of steps of diffusers' pipeline. */
async function samplingOf(files: Files, kind: ModelKind): Promise<SamplingDefaults> {
  if (kind === "unconditional") {
    const { numInferenceSteps } = await readDdpmFolder(files);
    return { numInferenceSteps, ...await readSamplingDefaults(files) };
  }
  return kind === "text-to-image" || kind === "super-resolution" ? await readSamplingDefaults(files) : {};
}

async function textScheduler(files: Files): Promise<SchedulerSettings> {
  const config = readDeepFloydConfig(await Config.read("unet/config.json", files));
  return await readDeepFloydScheduler(files, config);
}

async function digitScheduler(files: Files): Promise<SchedulerSettings> {
  return readScheduler(await Config.read("scheduler/scheduler_config.json", files));
}

/** A function that is run by its first call alone. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => result ??= read();
}
