import { imageToImageDefaults } from "../pipelines/image_to_image.ts";
import { inpaintDefaults } from "../pipelines/inpaint.ts";
import { inpaintSuperResolutionDefaults } from "../pipelines/inpaint_super_resolution.ts";
import { sampleDigitsDefaults } from "../pipelines/sample_digits.ts";
import type { StageDefaults } from "../pipelines/stage/stage.ts";
import { superResolutionDefaults } from "../pipelines/super_resolution.ts";
import { textToImageDefaults } from "../pipelines/text_to_image.ts";
import type { GenerationOptions } from "./options.ts";

/** Defaults for what neither the user nor the model's folder sets. */
export interface GenerationDefaults {
  /** Of the stage that generates. */
  readonly first: StageDefaults;
  /** Of the stage that upscales. */
  readonly second: StageDefaults;
  /** How much of an image is regenerated. */
  readonly strength: number;
}

/**
 * The defaults of the pipeline.
 *
 * @param of What is generated.
 * @param given Whether there is an image to start from, and a mask; by default neither.
 */
export function generationDefaults(
  of: GenerationOptions["of"],
  { image = false, mask = false }: { readonly image?: boolean; readonly mask?: boolean } = {},
): GenerationDefaults {
  // The number of steps depends on the pipeline's class, given in the model's folder.
  if (of === "unconditional") {
    const { numInferenceSteps } = mask ? inpaintDefaults : imageToImageDefaults;
    const stage = { numInferenceSteps, guidanceScale: 1 };
    return {
      first: stage,
      second: stage,
      strength: (mask ? inpaintDefaults : imageToImageDefaults).strength,
    };
  }
  const text = mask ? inpaintDefaults : image ? imageToImageDefaults : textToImageDefaults;
  return {
    first: of === "digits" ? sampleDigitsDefaults : text,
    second: mask ? inpaintSuperResolutionDefaults : superResolutionDefaults,
    strength: (mask ? inpaintDefaults : imageToImageDefaults).strength,
  };
}
