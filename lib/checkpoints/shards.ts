/**
 * Weights that are spread over several `safetensors` files, with an index of which tensor is in which, and how the
 * files of a model are found.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { FileError, type Files, type Folder, machine } from "../platform/mod.ts";
import type { Tensor } from "../tensor.ts";
import { Config } from "./config.ts";
import { CheckpointError } from "./error.ts";
import { SafetensorsFile, type TensorEntry } from "./safetensors.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** The weights of a model: one file, or several with an index. */
export type Weights = SafetensorsFile | ShardedWeights;

/** The ends of names of weights that are not read. */
const PICKLED = /\.(bin|pt|pth|ckpt)$/;

/** How much of a name an error shows. */
const SHOWN = 80;

/** Several `safetensors` files in one folder as one. Only their headers are in memory. */
export class ShardedWeights {
  /** The index, for errors. */
  readonly path: string;
  /** The tensors by name; each entry is a place in the tensor's own file, see {@linkcode ShardedWeights.fileOf}. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly #files: ReadonlyMap<string, SafetensorsFile>;

  private constructor(path: string, files: ReadonlyMap<string, SafetensorsFile>) {
    this.path = path;
    this.#files = files;
    this.tensors = new Map([...files].map(([name, file]) => [name, file.tensors.get(name)!]));
  }

  /**
   * Reads an index (`model.safetensors.index.json`) and the headers of the files that it names. Index and files must
   * agree: each tensor is in the file that the index says, and no file has one that the index lacks.
   *
   * @param path The index; the files lie beside it.
   * @param files What the path is one of; defaults to those of the disk.
   * @throws {CheckpointError} if the index is none, names a file outside its folder, or does not fit the files.
   * @throws {SafetensorsError} if a file cannot be read, or is not whole and valid.
   */
  static async open(path: string, files: Files = machine.files): Promise<ShardedWeights> {
    const config = await Config.read(path, files);
    const label = files.pathOf(path);
    const map = config.values["weight_map"];
    if (typeof map !== "object" || map === null || Array.isArray(map) || Object.keys(map).length === 0) {
      config.fail("weight_map", "an object, from the names of tensors to those of files,");
    }
    const entries = Object.entries(map as Record<string, unknown>);
    const shards = new Map<string, SafetensorsFile>();
    for (const [tensor, name] of entries) {
      if (!isFileName(name)) {
        throw new CheckpointError(
          `${label}: tensor ${show(tensor)} is in ${
            show(name)
          } where the name of a file beside it is expected`,
        );
      }
      if (!shards.has(name)) shards.set(name, await SafetensorsFile.open(beside(path, name), files));
    }
    const places = new Map(entries.map(([tensor, name]) => {
      const file = shards.get(name as string)!;
      if (!file.tensors.has(tensor)) {
        throw new CheckpointError(
          `${file.path}: tensor ${show(tensor)}: missing, ${label} says that it is here`,
        );
      }
      return [tensor, file] as const;
    }));
    for (const file of shards.values()) {
      const other = [...file.tensors.keys()].find((tensor) => places.get(tensor) !== file);
      if (other !== undefined) {
        throw new CheckpointError(`${file.path}: tensor ${show(other)} where ${label} does not say so`);
      }
    }
    return new ShardedWeights(label, places);
  }

  /**
   * The file that a tensor is in.
   *
   * @throws {CheckpointError} if there is no such tensor.
   */
  fileOf(name: string): SafetensorsFile {
    const file = this.#files.get(name);
    if (!file) {
      throw new CheckpointError(`${this.path}: no tensor ${show(name)} among its ${this.#files.size}`);
    }
    return file;
  }

  /** The files, in the order of their names. */
  get files(): SafetensorsFile[] {
    return [...new Set(this.#files.values())].sort((a, b) => a.path < b.path ? -1 : 1);
  }

  /**
   * A floating-point tensor as float32.
   *
   * @throws {CheckpointError} if there is no such tensor.
   * @throws {SafetensorsError} if it holds integers, or its file was changed since it was opened.
   */
  async read(name: string): Promise<Tensor> {
    return await this.fileOf(name).read(name);
  }
}

/** Which weights to take where a folder has several. */
export interface WeightsOptions {
  /**
   * The variant that is preferred, by its name in the files' names, such as `fp16`; where there are no weights of it, those
   * without a variant are taken. Unless given, weights without a variant are, and `fp16` where there are no others.
   */
  readonly variant?: string;
}

const weightsOptionNames: OptionNames<WeightsOptions> = {
  variant: true,
};

/**
 * Finds a model's weights by the names that diffusers and transformers give them, and reads their headers:
 * `STEM.safetensors`, or several files with `STEM.safetensors.index.json`; a variant is
 * `STEM.VARIANT.safetensors`, or several files with `STEM.safetensors.index.VARIANT.json`.
 *
 * @param folder The model's folder.
 * @param stem `diffusion_pytorch_model`, or `model` for a text encoder.
 * @param options The variant.
 * @throws {ArgumentError} if the variant is no word.
 * @throws {CheckpointError} if there are none, or index and files do not fit.
 * @throws {SafetensorsError} if a file cannot be read, or is not whole and valid.
 */
export async function openWeights(
  folder: Folder,
  stem: string,
  options: WeightsOptions = {},
): Promise<Weights> {
  assertOptions(options, weightsOptionNames);
  const { variant } = options;
  if (variant !== undefined && !/^[\w-]+$/.test(variant)) {
    throw new ArgumentError("variant", variant, 'a word such as "fp16"');
  }
  const files = machine.open(folder);
  const names = await fileNames(files);
  const has = async (name: string) => names ? names.has(name) : await exists(name, files);
  for (const infix of variant === undefined ? ["", ".fp16"] : [`.${variant}`, ""]) {
    const [single, index] = [`${stem}${infix}.safetensors`, `${stem}.safetensors.index${infix}.json`];
    if (await has(single)) return await SafetensorsFile.open(single, files);
    if (await has(index)) return await ShardedWeights.open(index, files);
  }
  const pickled = [...names ?? []].find((name) => PICKLED.test(name));
  throw new CheckpointError(
    `${files.label}: no weights, ${stem}.safetensors or an index of its parts is expected` +
      (pickled
        ? `; ${
          show(pickled)
        } is in PyTorch's own format, which is not read: in Python, save_pretrained(folder, safe_serialization=True) of diffusers or transformers writes it as safetensors`
        : ""),
  );
}

/**
 * The variants of a model's weights that a folder has, without those that have no name.
 *
 * @param folder The model's folder.
 * @param stem `diffusion_pytorch_model`, or `model` for a text encoder.
 * @returns The names; none where the folder cannot be listed, as below a URL.
 * @throws {CheckpointError} if the folder cannot be read.
 */
export async function weightsVariants(folder: Folder, stem: string): Promise<string[]> {
  const single = new RegExp(`^${stem}\\.([\\w-]+)\\.safetensors$`);
  const index = new RegExp(`^${stem}\\.safetensors\\.index\\.([\\w-]+)\\.json$`);
  const names = await fileNames(machine.open(folder)) ?? [];
  const variants = [...names].map((name) => (name.match(single) ?? name.match(index))?.[1]);
  return [...new Set(variants.filter((variant) => variant !== undefined))].sort();
}

/** The names of what is in a folder; undefined where it cannot be listed. */
function fileNames(files: Files): Promise<ReadonlySet<string> | undefined> {
  return reading(async () => {
    const entries = await files.list();
    return entries && new Set(entries.map(({ name }) => name));
  });
}

/** Whether a file exists. */
function exists(name: string, files: Files): Promise<boolean> {
  return reading(async () => (await files.stat(name)) !== undefined);
}

async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new CheckpointError(error.message, { cause: error.cause });
  }
}

/** The path of a file that lies beside another. */
function beside(path: string, name: string): string {
  return path.replace(/[^/\\]*$/, () => name);
}

/** Whether a value is the name of a `safetensors` file, without a way to another folder. */
function isFileName(name: unknown): name is string {
  return typeof name === "string" && name.endsWith(".safetensors") && !/[\\/\0:]/.test(name);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
