/** The folder of a model derived from another one, written completely or not at all. */
import { basename, dirname, join } from "node:path";
import { type TypedTensor, writeSafetensors } from "../../lib/checkpoints/mod.ts";
import { ArgumentError } from "../../lib/errors.ts";
import type { ModelFolder } from "../../lib/models/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";

/** The entries of a model's folder that are copied; images, logs and the card are about the original. */
const COPIED = /\.(json|model|txt|safetensors)$/;

/** The components that may be replaced, and their weights files. */
const parts = {
  unet: "diffusion_pytorch_model.safetensors",
  text_encoder: "model.safetensors",
} as const;

/** The folder of a replaced component. */
export type DerivedPart = keyof typeof parts;

/** A replaced component. */
export interface DerivedNetwork {
  /** Its configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Its tensors, by name. */
  readonly tensors: Readonly<Record<string, Tensor | TypedTensor>>;
}

/**
 * A model's folder being written, next to its destination. Disposing of it removes it unless it was finished.
 */
export class DerivedFolder implements AsyncDisposable {
  /** Where it is written. */
  readonly path: string;
  readonly #out: string;

  private constructor(path: string, out: string) {
    this.path = path;
    this.#out = out;
  }

  /**
   * Makes the folder.
   *
   * @param out The destination: a folder that is empty or does not exist yet.
   * @throws {ArgumentError} if it cannot be made.
   */
  static async open(out: string): Promise<DerivedFolder> {
    if (!await isFree(out)) {
      throw new ArgumentError("out", out, "a folder that is empty, or does not exist yet");
    }
    const path = join(dirname(out), `.${basename(out)}.${crypto.randomUUID()}.tmp`);
    try {
      await Deno.mkdir(path);
    } catch (cause) {
      throw new ArgumentError("out", out, "a path in an existing, writable folder", { cause });
    }
    return new DerivedFolder(path, out);
  }

  /** Copies a model, except for the components that are replaced. */
  async copy({ files }: ModelFolder, anew: readonly DerivedPart[]): Promise<void> {
    await this.#copy(files, this.path, anew);
  }

  /** Writes a component. */
  async write(part: DerivedPart, { config, tensors }: DerivedNetwork): Promise<void> {
    await Deno.mkdir(join(this.path, part));
    await this.writeConfig(part, config);
    await writeSafetensors(join(this.path, part, parts[part]), tensors);
  }

  /** Replaces a component's configuration. */
  async writeConfig(part: DerivedPart, config: DerivedNetwork["config"]): Promise<void> {
    await Deno.writeTextFile(join(this.path, part, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
  }

  /** Writes the card, and moves the folder to its destination. */
  async finish(card: string): Promise<void> {
    await Deno.writeTextFile(join(this.path, "README.md"), card);
    // An empty folder is replaced.
    await Deno.rename(this.path, this.#out);
  }

  /** Removes an unfinished folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }

  async #copy(files: ModelFolder["files"], to: string, except: readonly string[] = []): Promise<void> {
    for (const { name, isDirectory } of await files.list() ?? []) {
      if (except.includes(name)) continue;
      if (isDirectory) {
        await Deno.mkdir(join(to, name));
        await this.#copy(files.folder(name), join(to, name));
      } else if (COPIED.test(name)) {
        await copyFile(files, name, join(to, name));
      }
    }
  }
}

/** Hard-links a large file where possible; else copies it. */
async function copyFile(files: ModelFolder["files"], name: string, to: string): Promise<void> {
  const place = await files.place(name);
  if (!place) return await Deno.writeFile(to, await files.readBytes(name));
  await Deno.copyFile(place.path, to);
}

async function isFree(path: string): Promise<boolean> {
  try {
    for await (const _ of Deno.readDir(path)) return false;
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}
