/** A model's folder in memory: what `writeModel` writes, for those who write no files. */
import { encodeSafetensors } from "../lib/checkpoints/mod.ts";
import type { Tensor } from "../lib/tensor.ts";
import type { ModelFiles } from "./recipe.ts";

/**
 * Encodes the files: configs, and the weights as fp16.
 *
 * @param files Which there are.
 * @param tensors The weights and running statistics by name.
 * @returns The bytes of each file by its path in the folder.
 */
export function encodeModel(
  { configs, weights, format = { dtype: "F16", metadata: { format: "pt" } } }: ModelFiles,
  tensors: Readonly<Record<string, Tensor>>,
): Record<string, Uint8Array<ArrayBuffer>> {
  const files: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const [path, config] of Object.entries(configs)) {
    files[path] = config instanceof Uint8Array
      ? Uint8Array.from(config)
      : new TextEncoder().encode(JSON.stringify(config, null, 2) + "\n");
  }
  for (const [path, start] of Object.entries(weights)) {
    const part = Object.entries(tensors)
      .filter(([name]) => name.startsWith(start))
      .map(([name, value]) => [name.slice(start.length), value]);
    files[path] = encodeSafetensors(Object.fromEntries(part), format);
  }
  return files;
}
