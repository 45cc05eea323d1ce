/** A model's folder: written after epochs. */
import { dirname } from "node:path";
import { writeSafetensors } from "../lib/checkpoints/mod.ts";
import type { Tensor } from "../lib/tensor.ts";
import { writeAtomic } from "./atomic_write.ts";
import type { ModelFiles } from "./recipe.ts";

/** Writes the files: configs, and the weights. */
export async function writeModel(
  folder: string,
  { configs, ...weights }: ModelFiles,
  tensors: Readonly<Record<string, Tensor>>,
): Promise<void> {
  for (const [path, config] of Object.entries(configs)) {
    const content = config instanceof Uint8Array ? config : JSON.stringify(config, null, 2) + "\n";
    await writeAtomic(`${folder}/${path}`, content);
  }
  await writeWeights(folder, weights, tensors);
}

/** Writes the files of weights alone, as fp16 unless they have a format of their own. */
export async function writeWeights(
  folder: string,
  { weights, format = { dtype: "F16", metadata: { format: "pt" } } }: Omit<ModelFiles, "configs">,
  tensors: Readonly<Record<string, Tensor>>,
): Promise<void> {
  for (const [path, start] of Object.entries(weights)) {
    const part = Object.entries(tensors)
      .filter(([name]) => name.startsWith(start))
      .map(([name, value]) => [name.slice(start.length), value]);
    await Deno.mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await writeSafetensors(`${folder}/${path}`, Object.fromEntries(part), format);
  }
}
