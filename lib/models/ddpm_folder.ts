/**
 * What the folder of a pipeline without texts says: `DDPMPipeline` and `DDIMPipeline` of diffusers.
 *
 * @module
 */
import { Config } from "../checkpoints/config.ts";
import { CheckpointError } from "../checkpoints/error.ts";
import { readModelIndex } from "../checkpoints/folder.ts";
import type { SchedulerSettings } from "../diffusion/scheduler_config.ts";
import { readUnet2DConfig, type Unet2DConfig } from "../nn/unet2d/mod.ts";
import { FileError, type Files, type Folder, machine } from "../platform/mod.ts";
import { fittingScheduler } from "./fitting_scheduler.ts";

/** The classes of pipelines that diffusers names in `model_index.json`, and their default number of steps. */
const PIPELINES = { DDPMPipeline: 1000, DDIMPipeline: 50 } as const;

/** Their names. */
export const ddpmClasses: readonly string[] = Object.keys(PIPELINES);

/** What a folder says. */
export interface DdpmFolder {
  /** The network's folder. */
  readonly unet: Files;
  /** The network's configuration. */
  readonly config: Unet2DConfig;
  /** What the scheduler's configuration says. */
  readonly scheduler: SchedulerSettings;
  /** The pipeline's default number of steps. */
  readonly numInferenceSteps: number;
}

/**
 * Reads the configurations in a pipeline's folder.
 *
 * @param folder The folder.
 * @throws {CheckpointError} if it is not such a pipeline, or a configuration asks for what is not supported.
 */
export async function readDdpmFolder(folder: Folder): Promise<DdpmFolder> {
  const files = machine.open(folder);
  const { className } = await readModelIndex(files);
  if (!Object.hasOwn(PIPELINES, className)) {
    throw new CheckpointError(
      `${files.pathOf("model_index.json")}: "_class_name" is ${JSON.stringify(className)} where one of ${
        ddpmClasses.join(", ")
      } is expected`,
    );
  }
  const unet = await componentFolder(files, "unet", "config.json");
  const config = readUnet2DConfig(await Config.read("config.json", unet));
  const name = "scheduler_config.json";
  const own = await Config.read(name, await componentFolder(files, "scheduler", name));
  // The one pipeline takes any scheduler, the other makes its own of it.
  const isDdim = className === "DDIMPipeline";
  const file = isDdim ? new Config(own.label, { ...own.values, _class_name: "DDIMScheduler" }) : own;
  const scheduler = fittingScheduler(file, config.outChannels === 2 * config.inChannels);
  const numInferenceSteps = Math.min(
    PIPELINES[className as keyof typeof PIPELINES],
    scheduler.schedule.length,
  );
  return { unet, config, scheduler, numInferenceSteps };
}

/** The folder of a network in a pipeline, by the file of its configuration: of its own, or, as in the oldest pipelines, that of all. */
export async function componentFolder(files: Files, name: string, file: string): Promise<Files> {
  const own = files.folder(name);
  try {
    return (await own.stat(file))?.isFile || !(await files.stat(file))?.isFile ? own : files;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new CheckpointError(error.message, { cause: error.cause });
  }
}
