import { CheckpointError } from "../../checkpoints/error.ts";
import type { Lora } from "../../checkpoints/lora.ts";
import type { Dtype, TypedTensor } from "../../checkpoints/safetensors.ts";
import type { Weights } from "../../checkpoints/shards.ts";
import type { Tensor } from "../../tensor.ts";
import { type LayerUpdate, LayerUpdates, type ScaledLora } from "./layer_updates.ts";

/** The types of weights that are numbers with fractions. */
const FRACTIONS: readonly Dtype[] = ["F64", "F32", "F16", "BF16"];

/**
 * The weights of a network with LoRAs as one network: `W + alpha / rank B A` in each layer (Hu et al. 2021, section 4.1). Each tensor
 * keeps the type that it is stored in.
 *
 * @param weights The network's weights.
 * @param loras The LoRAs.
 * @throws {CheckpointError} if a LoRA is one of another network, or weights are integers.
 *
 * @example
 * ```ts
 * import { openWeights, readLora, writeSafetensors } from "@denoise/denoise/checkpoints";
 *
 * async function merge(unet: string, lora: string, to: string) {
 *   const weights = await openWeights(unet, "diffusion_pytorch_model");
 *   await writeSafetensors(to, await mergeLoras(weights, [{ lora: await readLora(lora) }]));
 * }
 * ```
 */
export async function mergeLoras(
  weights: Weights,
  loras: readonly ScaledLora[],
): Promise<Record<string, TypedTensor>> {
  const updates = new LayerUpdates(weights, loras);
  const tensors: Record<string, TypedTensor> = {};
  for (const [name, { dtype, shape }] of weights.tensors) {
    if (!FRACTIONS.includes(dtype)) {
      throw new CheckpointError(
        `${weights.path}: tensor "${name}": type ${dtype} where one of ${FRACTIONS.join(", ")} is expected`,
      );
    }
    const { data } = await weights.read(name);
    const layer = name.endsWith(".weight") ? name.slice(0, -".weight".length) : undefined;
    const update = layer === undefined ? undefined : updates.of(layer, shape);
    tensors[name] = { dtype, shape, data: update ? sum({ data, shape }, update) : data };
  }
  updates.assertAllUsed();
  return tensors;
}

/**
 * Checks that a LoRA is one of a network: that the network has its layers, in their shapes. Only the headers of the weights' files
 * are read.
 *
 * @param weights The network's weights.
 * @param lora The LoRA.
 * @throws {CheckpointError} if it is not; the message names the layer.
 */
export function assertFitsLora(weights: Weights, lora: Lora): void {
  const updates = new LayerUpdates(weights, [{ lora }]);
  for (const [name, { shape }] of weights.tensors) {
    if (name.endsWith(".weight")) updates.of(name.slice(0, -".weight".length), shape);
  }
  updates.assertAllUsed();
}

/**
 * Whether a LoRA is one of a network, as {@linkcode assertFitsLora} checks it.
 *
 * @param weights The network's weights.
 * @param lora The LoRA.
 */
export function fitsLora(weights: Weights, lora: Lora): boolean {
  try {
    assertFitsLora(weights, lora);
    return true;
  } catch (error) {
    if (error instanceof CheckpointError) return false;
    throw error;
  }
}

/** A weight, and the product of an update's matrices. */
function sum({ data, shape: [out] }: Tensor, { down, up }: LayerUpdate): Float32Array {
  const rank = down.shape[0];
  const inputs = data.length / out;
  const merged = Float32Array.from(data);
  for (let row = 0; row < out; row++) {
    for (let n = 0; n < rank; n++) {
      const factor = up.data[row * rank + n];
      for (let i = 0; i < inputs; i++) merged[row * inputs + i] += factor * down.data[n * inputs + i];
    }
  }
  return merged;
}
