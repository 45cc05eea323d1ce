/**
 * Reads LoRAs.
 *
 * @module
 */
import { type Files, machine } from "../../platform/mod.ts";
import type { Tensor } from "../../tensor.ts";
import { Config } from "../config.ts";
import { CheckpointError } from "../error.ts";
import { SafetensorsFile } from "../safetensors.ts";
import { withMetadata } from "../safetensors/with_metadata.ts";
import { type AdapterConfig, adapterConfig, headerConfig, headerWith } from "./adapter_config.ts";
import { type LoraName, type LoraPart, parseLoraName } from "./names.ts";

/** The update of one layer: `alpha / rank * up * down` is added to its weight (Hu et al. 2021, eq. 3). */
export interface LoraLayer {
  /** `A`, `[rank, in]`; of a convolution `[rank, in, kH, kW]`. */
  readonly down: Tensor;
  /** `B`, `[out, rank]`; of a convolution `[out, rank, 1, 1]`. */
  readonly up: Tensor;
  /** The scale before it is divided by the rank. */
  readonly alpha: number;
}

/** Low-rank updates of a network's layers. */
export interface Lora {
  /** The file, for errors. */
  readonly path: string;
  /** The updates, by the layers' paths in the network; in kohya's files with underscores for dots. */
  readonly layers: ReadonlyMap<string, LoraLayer>;
  /** Whether paths have underscores for dots. */
  readonly underscored: boolean;
}

/** The files of a folder that hold a LoRA: diffusers' and PEFT's. */
const NAMES = ["pytorch_lora_weights.safetensors", "adapter_model.safetensors"];

/** What PEFT writes beside its file. */
const CONFIG = "adapter_config.json";

/** Whether a tensor belongs to a text encoder: by diffusers' names, or kohya's. */
const OF_TEXT = /^(text_encoder|lora_te)/;

/**
 * Reads a LoRA: a safetensors file, or the folder that diffusers or PEFT has saved it in.
 *
 * It may have PEFT's names (`to_q.lora_A.weight`), those that diffusers had before (`to_q.lora.down.weight`,
 * `processor.to_q_lora.down.weight`), or kohya's. The scale comes from a layer's `alpha`, else from what PEFT says in the header or
 * beside the file, and is else the rank, so that the product counts as it is.
 *
 * @param path The file or the folder.
 * @param files What the path is one of; defaults to those of the disk.
 * @throws {SafetensorsError} if the file cannot be read, or is not whole and valid.
 * @throws {CheckpointError} if it holds something else, or what is not supported: updates of a text encoder, DoRA. The message
 * names the tensor.
 */
export async function readLora(path: string, files: Files = machine.files): Promise<Lora> {
  const file = await SafetensorsFile.open(await fileOf(path, files), files);
  const parts = new Map<string, Partial<Record<LoraPart, Tensor>>>();
  let underscored: boolean | undefined;
  for (const name of file.tensors.keys()) {
    const found = parse(name, file);
    if (underscored !== undefined && found.underscored !== underscored) {
      refuse(file, name, "layers named as those before are");
    }
    underscored = found.underscored;
    const layer = parts.get(found.layer) ?? {};
    if (layer[found.part]) refuse(file, name, `one ${found.part} of a layer`);
    parts.set(found.layer, { ...layer, [found.part]: await file.read(name) });
  }
  if (parts.size === 0) {
    throw new CheckpointError(`${file.path}: no tensors where those of a LoRA are expected`);
  }
  const config = headerConfig(file) ?? await configBeside(file.name, files);
  const layers = new Map(
    [...parts].map(([layer, tensors]) => [layer, layerOf(layer, tensors, file, config)]),
  );
  return { path: file.path, layers, underscored: underscored ?? false };
}

/**
 * A LoRA's file as it can stand alone: what PEFT says of it beside the file is in its header, where diffusers has it. Reading it
 * gives the same {@linkcode Lora}.
 *
 * @param path The file or the folder, as for {@linkcode readLora}.
 * @param files What the path is one of; defaults to those of the disk.
 * @returns A whole safetensors file; the tensors are not looked at.
 * @throws {SafetensorsError} if the file cannot be read, or its header is not valid.
 * @throws {CheckpointError} if there is no such file, or the configuration beside it is not valid.
 */
export async function readLoraFile(
  path: string,
  files: Files = machine.files,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await SafetensorsFile.open(await fileOf(path, files), files);
  const bytes = await files.readBytes(file.name);
  const config = headerConfig(file) ? undefined : await configFileBeside(file.name, files);
  return config ? withMetadata(bytes, headerWith(file.metadata, config)) : bytes;
}

/** The file itself, or that of a folder. */
async function fileOf(path: string, files: Files): Promise<string> {
  const stat = await files.stat(path);
  if (!stat || stat.isFile) return path;
  for (const name of NAMES) {
    if ((await files.stat(`${path}/${name}`))?.isFile) return `${path}/${name}`;
  }
  throw new CheckpointError(
    `${files.pathOf(path)}: a folder without ${NAMES.join(" or ")}, one of which is expected`,
  );
}

async function configBeside(name: string, files: Files): Promise<AdapterConfig | undefined> {
  const config = await configFileBeside(name, files);
  return config && adapterConfig(config);
}

async function configFileBeside(name: string, files: Files): Promise<Config | undefined> {
  const folder = name.slice(0, name.lastIndexOf("/") + 1);
  if (!name.endsWith("adapter_model.safetensors")) return undefined;
  return await Config.readIfExists(`${folder}${CONFIG}`, files);
}

function parse(name: string, file: SafetensorsFile): LoraName {
  if (OF_TEXT.test(name)) refuse(file, name, "updates of the UNet alone");
  return parseLoraName(name) ?? refuse(file, name, "a matrix of a LoRA, such as to_q.lora_A.weight,");
}

function refuse(file: SafetensorsFile, name: string, expected: string): never {
  throw new CheckpointError(`${file.path}: tensor "${name}" where ${expected} is expected`);
}

function layerOf(
  layer: string,
  { down, up, alpha }: Partial<Record<LoraPart, Tensor>>,
  { path }: SafetensorsFile,
  config: AdapterConfig | undefined,
): LoraLayer {
  const label = `${path}: layer "${layer}"`;
  if (!down || !up) {
    throw new CheckpointError(`${label}: no ${down ? "up" : "down"} matrix where both are expected`);
  }
  const [rank] = down.shape;
  const ranks = [down.shape.length, up.shape.length];
  if (ranks[0] !== ranks[1] || (ranks[0] !== 2 && ranks[0] !== 4) || up.shape[1] !== rank || !(rank >= 1)) {
    const expected = "[rank, in] and [out, rank], or kernels of these,";
    throw new CheckpointError(
      `${label}: matrices of [${down.shape}] and [${up.shape}] where ${expected} are expected`,
    );
  }
  if (alpha && alpha.data.length !== 1) {
    throw new CheckpointError(`${label}: alpha of [${alpha.shape}] where one number is expected`);
  }
  const value = alpha?.data[0] ?? config?.alphaOf(layer, rank) ?? rank;
  for (const [name, data] of Object.entries({ alpha: [value], down: down.data, up: up.data })) {
    const wrong = data.find((number) => !Number.isFinite(number));
    if (wrong === undefined) continue;
    throw new CheckpointError(`${label}: ${name} holds ${wrong} where finite numbers are expected`);
  }
  return { down, up, alpha: value };
}
