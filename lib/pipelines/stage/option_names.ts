/**
 * The names of the pipelines' options, used to refuse unknown ones.
 *
 * @module
 */

/** The names of `ImageSize`. As for all others, completeness is checked where they are used. */
export const imageSizeNames = {
  height: true,
  width: true,
} as const;

/** The names of `TimestepsChoice`. */
export const timestepsChoiceNames = {
  numInferenceSteps: true,
  timesteps: true,
} as const;

/** The names of `StageOptions`. */
export const stageOptionNames = {
  ...timestepsChoiceNames,
  seed: true,
  negative: true,
  numImagesPerPrompt: true,
  guidanceScale: true,
  guidanceRule: true,
  guidanceInterval: true,
  sampler: true,
  eta: true,
  cacheInterval: true,
  signal: true,
} as const;

/** The names of `LowResolutionOptions`. */
export const lowResolutionOptionNames = {
  noiseLevel: true,
} as const;

/** The names of `TextToImageOptions`. */
export const textToImageOptionNames = {
  ...stageOptionNames,
  ...imageSizeNames,
} as const;

/** The names of `ImageToImageOptions`. */
export const imageToImageOptionNames = {
  ...stageOptionNames,
  strength: true,
} as const;

/** The names of `InpaintOptions`. */
export const inpaintOptionNames = {
  ...stageOptionNames,
  strength: true,
  rule: true,
  jumps: true,
} as const;

/** The names of `SuperResolutionOptions`. */
export const superResolutionOptionNames = {
  ...stageOptionNames,
  ...imageSizeNames,
  ...lowResolutionOptionNames,
} as const;

/** The names of `ImageToImageSuperResolutionOptions`. */
export const imageToImageSuperResolutionOptionNames = {
  ...imageToImageOptionNames,
  ...lowResolutionOptionNames,
} as const;

/** The names of `InpaintSuperResolutionOptions`. */
export const inpaintSuperResolutionOptionNames = {
  ...inpaintOptionNames,
  ...lowResolutionOptionNames,
} as const;

/** The names of `UnconditionalOptions`. */
export const unconditionalOptionNames = {
  ...timestepsChoiceNames,
  ...imageSizeNames,
  seed: true,
  count: true,
  classLabels: true,
  image: true,
  strength: true,
  mask: true,
  rule: true,
  jumps: true,
  sampler: true,
  eta: true,
  signal: true,
} as const;

/** The names of `EncodePromptsOptions`. */
export const encodePromptsOptionNames = {
  clean: true,
  signal: true,
} as const;
