/**
 * The names of tensors in files of LoRAs: one layout is written, that of PEFT, and those that diffusers has had are read.
 *
 * @module
 */

/** What a tensor is to its layer. */
export type LoraPart = "down" | "up" | "alpha";

/** A tensor's place. */
export interface LoraName {
  /** The layer's path in the network; where {@linkcode LoraName.underscored}, with underscores for dots. */
  readonly layer: string;
  /** What it is there. */
  readonly part: LoraPart;
  /** Whether the path has underscores for dots, as kohya's scripts write it. */
  readonly underscored: boolean;
}

/** What a network's tensors begin with: in diffusers' files the component, in PEFT's the wrapper. */
const PREFIX = /^(?:base_model\.model\.)?(?:unet\.)?/;

/** What kohya's scripts begin with. */
const UNDERSCORED = /^lora_unet_/;

/** The matrices: PEFT's names, diffusers' own of before, and those of attention processors, which were the first. */
const MATRIX =
  /^(.+?)(?:\.lora_(A|B)(?:\.default)?|\.lora_(down|up)|\.lora\.(down|up)|\.lora_linear_layer\.(down|up)|_lora\.(down|up))\.weight$/;

/** The scalar beside them. */
const ALPHA = /^(.+?)(?:\.lora|_lora)?\.alpha$/;

/** The layers that attention processors called otherwise than the network does. */
const RENAMED: ReadonlyMap<string, string> = new Map([["to_out", "to_out.0"]]);

/**
 * What a tensor of a file is; undefined where its name is none of those of a LoRA.
 *
 * @param name The tensor's name, such as `unet.mid_block.attentions.0.to_q.lora_A.weight`.
 */
export function parseLoraName(name: string): LoraName | undefined {
  const underscored = UNDERSCORED.test(name);
  const plain = name.replace(underscored ? UNDERSCORED : PREFIX, "").replace(".processor.", ".");
  const matrix = MATRIX.exec(plain);
  const found = matrix ?? ALPHA.exec(plain);
  if (!found) return undefined;
  const which = matrix?.slice(2).find((group) => group !== undefined);
  const part = which === undefined ? "alpha" : which === "A" || which === "down" ? "down" : "up";
  return { layer: underscored ? found[1] : renamed(found[1]), part, underscored };
}

/** The name of a layer's matrix as it is written. */
export function loraName(layer: string, part: "down" | "up"): string {
  return `unet.${layer}.lora_${part === "down" ? "A" : "B"}.weight`;
}

/** A layer's path with the network's name of its last part. */
function renamed(path: string): string {
  const end = path.lastIndexOf(".") + 1;
  return path.slice(0, end) + (RENAMED.get(path.slice(end)) ?? path.slice(end));
}
