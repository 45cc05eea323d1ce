/**
 * LoRAs in files: low-rank updates of a network's layers (Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models").
 *
 * @module
 */
export { headerOf as loraHeader } from "./lora/adapter_config.ts";
export { type LoraName, loraName, type LoraPart, parseLoraName } from "./lora/names.ts";
export { type Lora, type LoraLayer, readLora, readLoraFile } from "./lora/read.ts";
