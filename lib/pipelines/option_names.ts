/**
 * The names of the pipelines' options, by which those that there are none of are refused.
 *
 * @module
 */
import type { OptionNames } from "../options.ts";
import type { PictureSize } from "./picture_size.ts";
import type { TimestepsChoice } from "./inference_timesteps.ts";
import type { StageOptions } from "./stage.ts";
import type { LowResolutionOptions } from "./low_resolution.ts";
import type { TextToImageOptions } from "./text_to_image.ts";
import type { ImageToImageOptions } from "./image_to_image.ts";
import type { InpaintOptions } from "./inpaint.ts";
import type { SuperResolutionOptions } from "./super_resolution.ts";
import type { ImageToImageSuperResolutionOptions } from "./image_to_image_super_resolution.ts";
import type { InpaintSuperResolutionOptions } from "./inpaint_super_resolution.ts";
import type { EncodePromptsOptions } from "./open_text_to_image.ts";

/** The names of {@linkcode PictureSize}. */
export const pictureSizeNames: OptionNames<PictureSize> = {
  height: true,
  width: true,
};

/** The names of {@linkcode TimestepsChoice}. */
export const timestepsChoiceNames: OptionNames<TimestepsChoice> = {
  numInferenceSteps: true,
  timesteps: true,
};

/** The names of {@linkcode StageOptions}. */
export const stageOptionNames: OptionNames<StageOptions> = {
  ...timestepsChoiceNames,
  seed: true,
  negative: true,
  numImagesPerPrompt: true,
  guidanceScale: true,
  guidanceRule: true,
  sampler: true,
  eta: true,
  signal: true,
};

/** The names of {@linkcode LowResolutionOptions}. */
export const lowResolutionOptionNames: OptionNames<LowResolutionOptions> = {
  noiseLevel: true,
};

/** The names of {@linkcode TextToImageOptions}. */
export const textToImageOptionNames: OptionNames<TextToImageOptions> = {
  ...stageOptionNames,
  ...pictureSizeNames,
};

/** The names of {@linkcode ImageToImageOptions}. */
export const imageToImageOptionNames: OptionNames<ImageToImageOptions> = {
  ...stageOptionNames,
  strength: true,
};

/** The names of {@linkcode InpaintOptions}. */
export const inpaintOptionNames: OptionNames<InpaintOptions> = {
  ...stageOptionNames,
  strength: true,
  rule: true,
};

/** The names of {@linkcode SuperResolutionOptions}. */
export const superResolutionOptionNames: OptionNames<SuperResolutionOptions> = {
  ...stageOptionNames,
  ...pictureSizeNames,
  ...lowResolutionOptionNames,
};

/** The names of {@linkcode ImageToImageSuperResolutionOptions}. */
export const imageToImageSuperResolutionOptionNames: OptionNames<ImageToImageSuperResolutionOptions> = {
  ...imageToImageOptionNames,
  ...lowResolutionOptionNames,
};

/** The names of {@linkcode InpaintSuperResolutionOptions}. */
export const inpaintSuperResolutionOptionNames: OptionNames<InpaintSuperResolutionOptions> = {
  ...inpaintOptionNames,
  ...lowResolutionOptionNames,
};

/** The names of {@linkcode EncodePromptsOptions}. */
export const encodePromptsOptionNames: OptionNames<EncodePromptsOptions> = {
  clean: true,
  signal: true,
};
