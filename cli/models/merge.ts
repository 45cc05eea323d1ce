/** `deno task models merge MODEL --lora FILE[:SCALE] --out FOLDER`: merges LoRAs into a model's weights. */
import { Config, openWeights } from "../../lib/checkpoints/mod.ts";
import { ArgumentError, described } from "../../lib/errors.ts";
import { describeModel, type ModelFolder } from "../../lib/models/mod.ts";
import { mergeLoras } from "../../lib/nn/mod.ts";
import { type LoraChoice, type ReadLora, readLoras } from "../loras.ts";
import { DerivedFolder } from "./derived_folder.ts";
import { openModelToRun } from "./find_model.ts";

/** What the command line gives. */
export interface MergeFlags {
  readonly lora?: readonly LoraChoice[];
  readonly out: string;
  readonly variant?: string;
  readonly json?: true;
}

/** The name of a network's weights. */
const STEM = "diffusion_pytorch_model";

/** Merges LoRAs, and writes the folder of the resulting model. */
export async function merge(name: string, { lora, out, variant, json }: MergeFlags): Promise<void> {
  const source = await openModelToRun(name, { variant });
  if (source.kind !== "text-to-image" && source.kind !== "super-resolution") {
    throw new ArgumentError("model", name, "a text-to-image or super-resolution model");
  }
  if (!lora) {
    throw new ArgumentError("lora", described("none"), "a LoRA's safetensors file, or the folder of one");
  }
  const loras = await readLoras("lora", lora);
  await mergeToFolder(source, loras, out);
  const shown = lora.map(({ path, scale }) => `${path} (${scale})`).join(", ");
  console.log(
    json ? JSON.stringify({ model: name, out, loras: lora }) : `${out} holds ${name} with ${shown}`,
  );
}

/**
 * Writes the folder of a model with LoRAs in its weights, completely or not at all.
 *
 * @param source The model.
 * @param loras The LoRAs.
 * @param out The folder: one that is empty, or does not exist yet.
 * @throws {CheckpointError} if a LoRA is for another network.
 * @throws {ArgumentError} if the folder cannot be made.
 */
export async function mergeToFolder(
  source: ModelFolder,
  loras: readonly ReadLora[],
  out: string,
): Promise<void> {
  const unet = source.files.folder("unet");
  const tensors = await mergeLoras(await openWeights(unet, STEM, { variant: source.variant }), loras);
  const { values: config } = await Config.read("config.json", unet);
  await using folder = await DerivedFolder.open(out);
  await folder.copy(source, ["unet"]);
  await folder.write("unet", { config, tensors });
  const { licence } = await describeModel(source.name);
  await folder.finish(cardOf(source.name, licence, loras.map(({ reference }) => reference)));
}

function cardOf(source: string, licence: string | null, loras: readonly LoraChoice[]): string {
  const header = licence === null ? [] : ["---", `license: ${licence}`, "---", ""];
  return [
    ...header,
    "# With LoRAs",
    "",
    `${source} with these LoRAs in its weights, made by \`deno task models merge\`:`,
    "",
    ...loras.map(({ path, scale }) => `- ${path}, by ${scale}`),
    "",
  ].join("\n");
}
