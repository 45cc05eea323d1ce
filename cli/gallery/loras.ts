/** The option `--loras` of the gallery: models with LoRAs merged into their weights, made at startup. */
import { join } from "node:path";
import { openWeights, type Weights } from "../../lib/checkpoints/mod.ts";
import { ArgumentError } from "../../lib/errors.ts";
import { digest, listModels, type ModelFolder, openModelFolder } from "../../lib/models/mod.ts";
import { fitsLora } from "../../lib/nn/mod.ts";
import type { Settings } from "../../server/settings.ts";
import { type LoraChoice, type ReadLora, readLoras } from "../loras.ts";
import { mergeToFolder } from "../models/merge.ts";

/** How many hash digits a folder's name has. */
const DIGITS = 6;

/**
 * Checks that LoRAs can be used.
 *
 * @throws {ArgumentError} if it is not a folder, or the workers are on other machines.
 */
export async function checkLoras(
  folders: readonly LoraChoice[],
  { queue }: Pick<Settings, "queue">,
): Promise<void> {
  for (const { path } of folders) {
    if (queue !== undefined) {
      throw new ArgumentError("loras", path, "nothing", {
        note: "beside --queue: its workers have models of their own, which deno task models merge can make",
      });
    }
    if (await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false)) continue;
    throw new ArgumentError("loras", path, "a folder of LoRAs, or FOLDER:SCALE");
  }
}

/**
 * Merges each LoRA into each model that it fits, in the gallery's data folder. Models that exist are kept, and
 * those whose LoRA is gone are removed.
 *
 * @param folders Folders of LoRAs, each with the scale of its own: safetensors files, or folders as diffusers and PEFT write them.
 * @param settings The data's folder, and the models beside those that ship.
 * @returns The models' folders.
 * @throws {ArgumentError} if there is no LoRA, one cannot be read, or one fits no model.
 */
export async function modelsWithLoras(
  folders: readonly LoraChoice[],
  { data, models }: Pick<Settings, "data" | "models">,
): Promise<string[]> {
  const loras = (await Promise.all(folders.map(lorasIn))).flat();
  const bases = await basesOf([...await listModels(), ...models]);
  const out = join(data, "loras");
  await Deno.mkdir(out, { recursive: true });
  const made: string[] = [];
  for (const { name, lora } of loras) {
    const { path: file, digest: hash } = lora.reference;
    const fitting = bases.filter(({ weights }) => fitsLora(weights, lora.lora));
    if (fitting.length === 0) {
      throw new ArgumentError("loras", file, "a LoRA of one of the available models");
    }
    for (const { model } of fitting) {
      const scale = lora.scale === 1 ? "" : `${lora.scale}`;
      const id = (await digest(...[hash, await model.weights(), scale].filter(Boolean))).slice(0, DIGITS);
      const path = join(
        out,
        `${plainName(name)}${scale && `-by-${scale}`}-on-${plainName(model.name)}-${id}`,
      );
      made.push(path);
      if (!await Deno.stat(path).then(() => true, () => false)) await mergeToFolder(model, [lora], path);
    }
  }
  for await (const { name } of Deno.readDir(out)) {
    if (!made.includes(join(out, name))) await Deno.remove(join(out, name), { recursive: true });
  }
  return made;
}

/** The LoRAs of a folder, by their names there. */
async function lorasIn(
  { path: folder, scale }: LoraChoice,
): Promise<{ readonly name: string; readonly lora: ReadLora }[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const { isDirectory } = await Deno.stat(join(folder, name));
    if (!name.startsWith(".") && (isDirectory || name.endsWith(".safetensors"))) names.push(name);
  }
  if (names.length === 0) throw new ArgumentError("loras", folder, "a folder with a LoRA");
  const choices = names.sort().map((name) => ({ path: join(folder, name), scale }));
  const read = await readLoras("loras", choices);
  return read.map((lora, i) => ({ name: names[i], lora }));
}

/** The models that may have a LoRA: those of texts whose weights are no integers. */
async function basesOf(
  names: readonly string[],
): Promise<{ readonly model: ModelFolder; readonly weights: Weights }[]> {
  const bases: { model: ModelFolder; weights: Weights }[] = [];
  for (const name of names) {
    const model = await openModelFolder(name);
    if (model.kind !== "text-to-image" && model.kind !== "super-resolution") continue;
    const weights = await openWeights(model.files.folder("unet"), "diffusion_pytorch_model");
    if (![...weights.tensors.values()].some(({ dtype }) => dtype === "I8")) bases.push({ model, weights });
  }
  return bases;
}

/** The last part of a path, without characters that a folder's name or a list of folders may not have. */
function plainName(path: string): string {
  return path.replace(/[\\/]+$/, "").replace(/^.*[\\/]/, "").replace(/\.safetensors$/, "").replace(
    /[^\w.-]+/g,
    "_",
  );
}
