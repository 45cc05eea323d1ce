/**
 * Models that have been pulled already: found without the network.
 *
 * @module
 */
import { join } from "node:path";
import { ArgumentError } from "../../argument_error.ts";
import { isCheckpoint } from "../folder.ts";
import { pulledModelsFolder } from "./environment.ts";
import { type PulledManifest, readManifest } from "./manifest.ts";
import { isRepo } from "./paths.ts";

/** A model that has been pulled from a hub. */
export interface PulledModel extends PulledManifest {
  /** The folder that it is opened from. */
  readonly folder: string;
}

/**
 * Finds a model that has been pulled.
 *
 * Needs the permissions to read its folder and, unless that is given, the variables `DENOISE_CACHE`, `XDG_CACHE_HOME`, `HOME`
 * and `USERPROFILE`.
 *
 * @param repo The repository, `ORG/NAME`.
 * @param modelsFolder The folder of all pulled models, as in {@linkcode pullModel}.
 * @returns The model; undefined if it has not been pulled, or the text is no repository's name.
 *
 * @example
 * ```ts ignore
 * // Not run by the tests: it asks for a model that was pulled before.
 * const model = await findPulledModel("DeepFloyd/IF-I-M-v1.0");
 * if (model?.storage === "copies") console.log(`${model.folder} takes room of its own`);
 * ```
 */
export async function findPulledModel(
  repo: string,
  modelsFolder?: string,
): Promise<PulledModel | undefined> {
  if (!isRepo(repo)) return undefined;
  const folder = join(modelsFolder ?? pulledModelsFolder(), repo);
  const manifest = await readManifest(folder);
  return manifest?.repo === repo && await isCheckpoint(folder) ? { ...manifest, folder } : undefined;
}

/**
 * The folder of a model that has been pulled; undefined where there is none, or its place may not be looked up.
 *
 * @param repo The repository, `ORG/NAME`.
 */
export async function findPulledFolder(repo: string): Promise<string | undefined> {
  try {
    return (await findPulledModel(repo))?.folder;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || error instanceof ArgumentError) return undefined;
    throw error;
  }
}

/**
 * Lists the models that have been pulled, in the order of the alphabet.
 *
 * Needs the same permissions as {@linkcode findPulledModel}.
 *
 * @param modelsFolder The folder of all pulled models, as in {@linkcode pullModel}.
 */
export async function listPulledModels(modelsFolder?: string): Promise<PulledModel[]> {
  const root = modelsFolder ?? pulledModelsFolder();
  const models: PulledModel[] = [];
  for (const org of await foldersIn(root)) {
    for (const name of await foldersIn(join(root, org))) {
      const model = await findPulledModel(`${org}/${name}`, root);
      if (model) models.push(model);
    }
  }
  return models;
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
