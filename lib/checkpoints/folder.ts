/**
 * Checkpoint folders in the layout of diffusers: a bare model (`config.json` and its weights), or a pipeline
 * (`model_index.json`, and a folder for each of its components).
 *
 * @module
 */
import { FileError, type Files, type Folder, machine } from "../platform/mod.ts";
import { Config } from "./config.ts";
import { CheckpointError } from "./error.ts";
import { SafetensorsFile } from "./safetensors.ts";

/** The weights' file of a model in the layout of diffusers. */
export const WEIGHTS_FILE = "diffusion_pytorch_model.safetensors";

/** What makes a folder a pipeline, and what a bare model. */
const INDEX_FILE = "model_index.json";
const CONFIG_FILE = "config.json";

/** One component of a pipeline: which class of which library it is. */
export interface ComponentClass {
  /** The library: `denoise`, `diffusers`, `transformers`. */
  readonly library: string;
  /** The class. */
  readonly className: string;
}

/** What `model_index.json` says. */
export interface ModelIndex {
  /** The class of the pipeline. */
  readonly className: string;
  /** The components by name, which is the name of their folder too. */
  readonly components: ReadonlyMap<string, ComponentClass>;
}

/** What is in a checkpoint's folder. */
export type Checkpoint =
  | { readonly kind: "pipeline"; readonly index: ModelIndex }
  | { readonly kind: "model"; readonly config: Config };

/** A model of a checkpoint: its configuration, and its weights, of which only the header is read. */
export interface Component {
  /** The folder: its path or address. */
  readonly folder: string;
  /** The configuration. */
  readonly config: Config;
  /** The weights. */
  readonly weights: SafetensorsFile;
}

/**
 * Reads what a pipeline consists of. Components that are null, as a pipeline's safety checker may be, are left out.
 *
 * @param folder The pipeline's folder.
 * @throws {CheckpointError} if there is no `model_index.json`, or it is none.
 */
export async function readModelIndex(folder: Folder): Promise<ModelIndex> {
  const config = await Config.read(INDEX_FILE, machine.open(folder));
  const components = new Map<string, ComponentClass>();
  for (const [name, value] of Object.entries(config.values)) {
    if (!Array.isArray(value)) continue; // an option of the pipeline, no component
    const [library, className] = value;
    if (library === null && className === null) continue;
    if (value.length !== 2 || typeof library !== "string" || typeof className !== "string") {
      config.fail(name, "a library and a class");
    }
    components.set(name, { library, className });
  }
  return { className: config.text("_class_name"), components };
}

/**
 * Finds out whether a folder holds a pipeline or a bare model, and reads what says so.
 *
 * @param folder The folder.
 * @throws {CheckpointError} if it holds neither, or cannot be read.
 */
export async function readCheckpoint(folder: Folder): Promise<Checkpoint> {
  const files = machine.open(folder);
  if (await isFile(INDEX_FILE, files)) {
    return { kind: "pipeline", index: await readModelIndex(files) };
  }
  if (await isFile(CONFIG_FILE, files)) {
    return { kind: "model", config: await Config.read(CONFIG_FILE, files) };
  }
  throw new CheckpointError(
    `${files.label}: no checkpoint, a folder with ${INDEX_FILE} or ${CONFIG_FILE} is expected`,
  );
}

/** Whether a folder holds a pipeline or a bare model, going by its files' names. */
export async function isCheckpoint(folder: Folder): Promise<boolean> {
  const files = machine.open(folder);
  return await isFile(INDEX_FILE, files) || await isFile(CONFIG_FILE, files);
}

/**
 * Opens a model: its configuration and the header of its weights.
 *
 * @param folder The model's folder: a bare checkpoint, or a component's in a pipeline.
 * @param className The class that its configuration must name.
 * @throws {CheckpointError} if the configuration cannot be read, or is that of another class.
 * @throws {SafetensorsError} if the weights cannot be read, or are not whole.
 */
export async function openComponent(folder: Folder, className: string): Promise<Component> {
  const files = machine.open(folder);
  const config = await Config.read(CONFIG_FILE, files);
  config.choice("_class_name", [className]);
  return { folder: files.label, config, weights: await SafetensorsFile.open(WEIGHTS_FILE, files) };
}

async function isFile(path: string, files: Files): Promise<boolean> {
  try {
    return (await files.stat(path))?.isFile ?? false;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new CheckpointError(`${error.path}: cannot be read: ${error.detail}`, { cause: error.cause });
  }
}
