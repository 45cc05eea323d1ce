/**
 * Everything that generated images depend on, in one type: what images store, and what they can be regenerated
 * from.
 *
 * @module
 */
import type { SamplerName } from "../diffusion/samplers/mod.ts";
import type { EffectValues, GuidanceInterval } from "../effects/mod.ts";
import type { InpaintingRule } from "../pipelines/stage/inpainting_rule.ts";

/** The user's choices, by the names of `generationFields`; the model's or the pipeline's defaults fill in the rest. */
export interface GenerationChoices {
  /** The model: its name, its folder, or `ORG/NAME`. */
  readonly model?: string;
  /** The number of steps of a full run. */
  readonly steps?: number;
  /** The sampler, of both stages. */
  readonly sampler?: SamplerName;
  /** The guidance scale. */
  readonly guidance?: number;
  /** Every how many steps the networks of both stages recompute their deep features. */
  readonly cacheInterval?: number;
  /** The seed of the first image of each prompt; the next one has the next seed. */
  readonly seed?: number;
  /** How many images of each prompt. */
  readonly count?: number;
  /** The factor by which single images are enlarged, a whole number. */
  readonly scale?: number;
  /** The negative prompt; may be empty. */
  readonly negative?: string;
  /** Height of the first stage's images in pixels; defaults to the network's own. */
  readonly height?: number;
  /** Width, likewise. */
  readonly width?: number;
  /** The file of the image to start from. */
  readonly image?: string;
  /** The strength: how much of it is regenerated, in (0, 1]. */
  readonly strength?: number;
  /** Whether it keeps its aspect ratio; by default it is cropped to its central square. */
  readonly keepAspect?: true;
  /** The file of the mask: white where it is regenerated. */
  readonly mask?: string;
  /** The inpainting rule, which holds the unmasked area to the original. */
  readonly rule?: InpaintingRule;
  /** For the rule `repaint`: how often each step is taken. */
  readonly jumps?: number;
  /** The model of the second stage, or `none`. */
  readonly upscale?: string;
  /** Its number of steps. */
  readonly upscaleSteps?: number;
  /** The variant of the weights. */
  readonly variant?: string;
}

/** A file that images depend on. */
export interface FileReference {
  /** Its path. */
  readonly path: string;
  /** The start of the SHA-256 of its bytes, in hexadecimal digits. */
  readonly digest: string;
}

/** A LoRA that images depend on. */
export interface LoraReference extends FileReference {
  /** Its scale. */
  readonly scale: number;
}

/** A second stage, and how it is sampled. */
export interface UpscaleOptions extends Required<Pick<GenerationChoices, "model" | "steps">> {
  /** The start of the hash of its weights. */
  readonly weights: string;
  /** The sampler, if it differs from that of the first stage. */
  readonly sampler?: SamplerName;
  /** The guidance scale, if its folder gives one. */
  readonly guidance?: number;
  /** The guidance interval, if its folder gives one. */
  readonly guidanceInterval?: GuidanceInterval;
  /** Every how many steps it recomputes its deep features, if not at every step. */
  readonly cacheInterval?: number;
  /** The timestep of the noise in the small images, if its folder gives one. */
  readonly noiseLevel?: number;
  /** The LoRAs of its network, where there are some. */
  readonly loras?: readonly LoraReference[];
}

/** An effect that was chosen. */
export interface ChosenEffect {
  /** Its name. */
  readonly name: string;
  /** The values of each of its parts. */
  readonly parts: readonly EffectValues[];
}

/** The choices that are always resolved. */
export type ResolvedChoice =
  | "model"
  | "steps"
  | "sampler"
  | "guidance"
  | "seed"
  | "count"
  | "scale"
  | "negative";

/** Everything that generated images depend on: resolved once, and carried unchanged from there on. */
export interface GenerationOptions extends
  Required<Pick<GenerationChoices, ResolvedChoice>>,
  Pick<
    GenerationChoices,
    "height" | "width" | "cacheInterval" | "keepAspect" | "rule" | "jumps" | "variant"
  > {
  /**
   * What is generated: `digits` is a row of digits, one image each; `text` an image of a text; `unconditional` an image without a text,
   * with or without a class.
   */
  readonly of: "digits" | "text" | "unconditional";
  /** The prompts. For `digits` a single one, the digits; for `unconditional` the class, or none for a network without classes. */
  readonly prompts: readonly string[];
  /** The start of the hash of the network's weights. */
  readonly weights: string;
  /** Stored if the guidance scale is below 1, which earlier versions took for the text alone. */
  readonly guidanceRule?: "formula";
  /** The image to start from. */
  readonly image: FileReference | null;
  /** How much of it is regenerated; null without one. */
  readonly strength: number | null;
  /** The mask of where it is regenerated; null for everywhere. */
  readonly mask: FileReference | null;
  /** The second stage. */
  readonly upscale: UpscaleOptions | null;
  /** The effect, if any. */
  readonly effect?: ChosenEffect;
  /** The seed of each image of a prompt, if they are not consecutive. */
  readonly seeds?: readonly number[];
  /** The guidance interval of the first stage, if not all timesteps. */
  readonly guidanceInterval?: GuidanceInterval;
  /** The timesteps that the first stage visits, descending, if they are not the scheduler's: as many as steps. */
  readonly timesteps?: readonly number[];
  /** The LoRAs of the first stage's network, if any. */
  readonly loras?: readonly LoraReference[];
  /** The files of learned tokens that prompts may use, if any. */
  readonly learnedTokens?: readonly FileReference[];
}

/** The seed of each image of a prompt. */
export function seedsOf(
  { seed, seeds, count }: Pick<GenerationOptions, "seed" | "seeds" | "count">,
): bigint[] {
  return (seeds ?? Array.from({ length: count }, (_, i) => BigInt(seed) + BigInt(i))).map(BigInt);
}
