/**
 * Checkpoints: `safetensors` files whole and in shards, configurations, folders in the layout of diffusers.
 *
 * @example Write weights, and read one of them.
 * ```ts
 * import { SafetensorsFile, writeSafetensors } from "@denoise/denoise/checkpoints";
 *
 * const path = `${await Deno.makeTempDir()}/weights.safetensors`;
 * await writeSafetensors(path, { "linear.weight": { data: new Float32Array([1, 2, 3, 4]), shape: [2, 2] } });
 * const file = await SafetensorsFile.open(path);
 * const weight = await file.read("linear.weight");
 * ```
 *
 * @module
 */
export * from "./safetensors.ts";
export { type Bounds, Config } from "./config.ts";
export { CheckpointError } from "./error.ts";
export { filePieces, WHOLE_BYTES } from "./file_pieces.ts";
export {
  type Checkpoint,
  type Component,
  type ComponentClass,
  isCheckpoint,
  type ModelIndex,
  openComponent,
  readCheckpoint,
  readModelIndex,
} from "./folder.ts";
export { type Lora, loraHeader, type LoraLayer, loraName, readLora, readLoraFile } from "./lora.ts";
export {
  expectedToken,
  isToken,
  LEARNED_TOKEN_FILE,
  type LearnedToken,
  readLearnedToken,
} from "./learned_token.ts";
export { openWeights, ShardedWeights, type Weights, type WeightsOptions, weightsVariants } from "./shards.ts";
