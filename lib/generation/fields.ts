/**
 * The options of a generation as data: each with its range, default and help texts, in one place for the command line, the forms,
 * the API and what images store.
 *
 * @module
 */
import { samplerNames } from "../diffusion/samplers/mod.ts";
import { guidanceLimit, guidanceMeaning } from "../effects/guidance_scale.ts";
import type { FieldsOf } from "../option_field.ts";
import { imageToImageDefaults } from "../pipelines/image_to_image.ts";
import { inpaintDefaults } from "../pipelines/inpaint.ts";
import { defaultJumps, inpaintingRules } from "../pipelines/stage/inpainting_rule.ts";
import { sampleDigitsDefaults } from "../pipelines/sample_digits.ts";
import { textToImageDefaults } from "../pipelines/text_to_image.ts";
import type { GenerationChoices } from "./options.ts";

/** The default models. */
export const defaultModels = { digits: "mnist-class", text: "emoji-I" } as const;

/** The default number of images per prompt. */
export const defaultCount = 4;
/** The default scale of written images. */
export const defaultScale = 1;

/** The maximum number of steps; the noise schedule usually has fewer. */
const MAX_STEPS = 1_000_000;

/** The longest side of the first stage's images. */
const LONGEST_SIDE = 4096;

/** The sides of an image. */
const side = { kind: "whole", min: 1, max: LONGEST_SIDE } as const;

/** The numbers of steps; stored values are checked against the schedule once it is known. */
const steps = { kind: "whole", min: 1, max: MAX_STEPS, stored: { min: 1 } } as const;

/** The fields, in the order in which they are listed. */
export const generationFields: FieldsOf<GenerationChoices> = {
  model: {
    kind: "model",
    help: "a model's name or folder, or ORG/NAME",
    usual: `"${defaultModels.digits}", for text "${defaultModels.text}"`,
    form: { label: "Model", help: "A model that ships, one that was pulled, or a folder." },
  },
  steps: {
    ...steps,
    help: "number of steps",
    usual: `${sampleDigitsDefaults.numInferenceSteps}; for text the model's own, else ` +
      `${textToImageDefaults.numInferenceSteps}, with --image ${imageToImageDefaults.numInferenceSteps}, ` +
      `with --mask ${inpaintDefaults.numInferenceSteps}`,
    form: {
      max: 1000,
      label: "Steps",
      help: "How many times the network is run on the way from noise to picture.",
    },
  },
  sampler: {
    kind: "choice",
    choices: samplerNames,
    help: "sampling algorithm",
    usual: `"${sampleDigitsDefaults.sampler}"; of texts that of the model's scheduler`,
    form: { label: "Sampler", help: "The sampling algorithm." },
  },
  guidance: {
    kind: "decimal",
    min: 0,
    max: guidanceLimit,
    stored: { min: -guidanceLimit, max: guidanceLimit },
    help: `guidance scale, 0 to ${guidanceLimit}: ${guidanceMeaning}`,
    usual: `${sampleDigitsDefaults.guidanceScale}; for text the model's own, else ` +
      `${textToImageDefaults.guidanceScale}, with --image ${imageToImageDefaults.guidanceScale}`,
    form: {
      max: 30,
      step: 0.5,
      label: "Guidance",
      help: `${guidanceMeaning[0].toUpperCase()}${guidanceMeaning.slice(1)}.`,
    },
  },
  cacheInterval: {
    kind: "whole",
    min: 1,
    max: 100,
    help: "compute deep features every n-th step and reuse them in between (DeepCache); 1 is at every step",
    usual: "the model's own, else 1",
    form: {
      max: 5,
      label: "Cache interval",
      help: "Run the network's deep layers only every n-th step: larger is faster and less exact.",
    },
  },
  seed: {
    kind: "whole",
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    help: "seed of the first image",
    usual: "random",
    form: {
      min: 0,
      max: 2 ** 32 - 1,
      label: "Seed",
      help: "Seed of the random numbers: the same seed gives the same images.",
    },
  },
  count: {
    kind: "whole",
    min: 1,
    max: 1000,
    help: "images per digit or prompt",
    usual: String(defaultCount),
    form: { max: 16, label: "Images", help: "How many to generate, each from its own seed." },
  },
  scale: {
    kind: "whole",
    min: 1,
    max: 32,
    help: "zoom factor of the single images",
    usual: String(defaultScale),
  },
  negative: { kind: "prompt", help: "negative prompt: what to steer away from" },
  height: { ...side, help: "height of the first stage's images in pixels", usual: "the model's own" },
  width: { ...side, help: "width, likewise" },
  image: {
    kind: "file",
    help: "image to start from, cropped to its central square",
    form: { label: "Picture", help: "One of the test pictures, or your own." },
  },
  strength: {
    kind: "decimal",
    min: 0,
    above: true,
    max: 1,
    stored: {},
    help: "how much of --image to change, above 0 up to 1",
    usual: `${imageToImageDefaults.strength}, with --mask ${inpaintDefaults.strength}`,
  },
  keepAspect: {
    kind: "flag",
    help: "keep the aspect ratio of --image instead of cropping it to a square",
  },
  mask: {
    kind: "file",
    help: "mask for inpainting: its white part of --image is regenerated, the rest is kept",
    form: { label: "Mask", help: "White where the image is regenerated, black where it is kept." },
  },
  rule: {
    kind: "choice",
    choices: inpaintingRules,
    help: "how the rest is kept to --image: clean, noised again at each step, or that with resampling",
    usual: inpaintDefaults.rule,
  },
  jumps: {
    kind: "whole",
    min: 1,
    max: 100,
    stored: { min: 1 },
    help: "how often --rule repaint repeats each step",
    usual: String(defaultJumps),
  },
  upscale: {
    kind: "model",
    help: "model for the second stage, which upscales, or none",
    usual: "the one named by the first",
    form: {
      label: "Upscaled by",
      help: "The second stage: `auto` for the one that belongs to the model, if any, or `none`.",
    },
  },
  upscaleSteps: {
    ...steps,
    help: "number of steps of the second stage",
    form: { max: 1000, label: "Steps of the second stage", help: "Number of steps for upscaling." },
  },
  variant: {
    kind: "name",
    help: "variant of the weights, such as fp16",
    usual: "the weights without a variant",
  },
};
