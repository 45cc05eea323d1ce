/**
 * Everything that generated images depend on, in one type: what images store of themselves, and what is generated again
 * from them.
 *
 * @module
 */
import type { SamplerName } from "../diffusion/samplers/mod.ts";
import type { EffectValues, GuidanceInterval } from "../effects/mod.ts";
import type { InpaintingRule } from "../pipelines/stage/inpainting_rule.ts";

/** What can be chosen, by the names of `generationFields`; a model's own value, or the pipeline's, goes where nothing is. */
export interface GenerationChoices {
  /** The model: its name, its folder, or `ORG/NAME`. */
  readonly model?: string;
  /** The number of steps of a full run. */
  readonly steps?: number;
  /** The sampler, of both stages. */
  readonly sampler?: SamplerName;
  /** The guidance scale. */
  readonly guidance?: number;
  /** Every how many steps the networks of both stages compute their deep features anew. */
  readonly cacheInterval?: number;
  /** The seed of the first image of each prompt; the next one has the next seed. */
  readonly seed?: number;
  /** How many images of each prompt. */
  readonly count?: number;
  /** How much single images are enlarged, a whole factor. */
  readonly scale?: number;
  /** What to steer away from; empty for nothing. */
  readonly negative?: string;
  /** Height of the first stage's images in pixels, where it is not the network's own. */
  readonly height?: number;
  /** Width, likewise. */
  readonly width?: number;
  /** The file of the image to begin from. */
  readonly image?: string;
  /** How much of it is regenerated, in (0, 1]. */
  readonly strength?: number;
  /** Whether it keeps its aspect ratio; by default it is cropped to its central square. */
  readonly keepAspect?: true;
  /** The file of the mask: white where it is regenerated. */
  readonly mask?: string;
  /** How what the mask spares is held to the original. */
  readonly rule?: InpaintingRule;
  /** Of the rule `repaint`: how often each step is gone. */
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
  /** Where it was. */
  readonly path: string;
  /** The start of the SHA-256 of its bytes, in hexadecimal digits. */
  readonly digest: string;
}

/** A LoRA that images depend on. */
export interface LoraReference extends FileReference {
  /** What its updates are multiplied by. */
  readonly scale: number;
}

/** A second stage, and how it is sampled. */
export interface UpscaleOptions extends Required<Pick<GenerationChoices, "model" | "steps">> {
  /** The start of the hash of its weights. */
  readonly weights: string;
  /** The sampler, where it is not that of the first stage. */
  readonly sampler?: SamplerName;
  /** The guidance scale, where its folder says one. */
  readonly guidance?: number;
  /** The timesteps at which it is guided, where its folder says some. */
  readonly guidanceInterval?: GuidanceInterval;
  /** Every how many steps it computes its deep features anew, where not at each. */
  readonly cacheInterval?: number;
  /** The timestep of the noise in the small images, where its folder says one. */
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

/** The choices that every generation has in the end. */
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
   * What is generated: `digits` is a row of digits, each an image of its own; `text` the image of a text; `unconditional` any image, of
   * nothing or of a class.
   */
  readonly of: "digits" | "text" | "unconditional";
  /** The prompts; of digits and of `unconditional` one, the digits or the class, or none for a network without classes. */
  readonly prompts: readonly string[];
  /** The start of the hash of the network's weights. */
  readonly weights: string;
  /** Stored where the guidance scale is below 1, which once meant the text alone. */
  readonly guidanceRule?: "formula";
  /** The image to begin from. */
  readonly image: FileReference | null;
  /** How much of it is regenerated; null without one. */
  readonly strength: number | null;
  /** Where it is regenerated; null for everywhere. */
  readonly mask: FileReference | null;
  /** The second stage. */
  readonly upscale: UpscaleOptions | null;
  /** The effect, where there is one. */
  readonly effect?: ChosenEffect;
  /** The seed of each image of a prompt, where they do not follow one another. */
  readonly seeds?: readonly number[];
  /** The timesteps at which the first stage is guided, where these are not all. */
  readonly guidanceInterval?: GuidanceInterval;
  /** The timesteps that the first stage visits, descending, where they are not the scheduler's: as many as steps. */
  readonly timesteps?: readonly number[];
  /** The LoRAs of the first stage's network, where there are some. */
  readonly loras?: readonly LoraReference[];
  /** The files of learned tokens that prompts may have, where there are some. */
  readonly learnedTokens?: readonly FileReference[];
}

/** The seed of each image of a prompt. */
export function seedsOf(
  { seed, seeds, count }: Pick<GenerationOptions, "seed" | "seeds" | "count">,
): bigint[] {
  return (seeds ?? Array.from({ length: count }, (_, i) => BigInt(seed) + BigInt(i))).map(BigInt);
}
