/** LoRA (Hu et al. 2021): networks with low-rank updates, to be run and to be trained. */
export type { ScaledLora } from "./layer_updates.ts";
export { LoraSource } from "./lora_source.ts";
export {
  attentionProjections,
  type LoraInitialization,
  type LoraOptions,
  LoraTrainerSource,
} from "./lora_trainer_source.ts";
export { assertFitsLora, fitsLora, mergeLoras } from "./merge.ts";
