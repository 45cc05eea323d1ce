/**
 * Generations as a whole: their options, from the user's choices to what images store, and how they are run.
 *
 * @example
 * ```ts
 * import { generationFields } from "@denoise/denoise/generation";
 *
 * console.log(Object.keys(generationFields)); // the options, each with its range and help texts
 * ```
 *
 * @module
 */
export { type GenerationDefaults, generationDefaults } from "./defaults.ts";
export { defaultCount, defaultModels, defaultScale, generationFields } from "./fields.ts";
export { generate, type GenerationInputs } from "./generate.ts";
export { generateUnconditional, type UnconditionalInputs } from "./generate_unconditional.ts";
export {
  type ChosenEffect,
  type FileReference,
  type GenerationChoices,
  type GenerationOptions,
  type LoraReference,
  type ResolvedChoice,
  seedsOf,
  type UpscaleOptions,
} from "./options.ts";
export {
  type GenerationModels,
  type ResolvedModel,
  resolveGenerationOptions,
  type UserChoices,
} from "./resolve.ts";
export { stepCount } from "./step_count.ts";
export {
  generationText,
  readGenerationText,
  STORED_KEYWORD,
  type StoredGeneration,
  storedGeneration,
  storedOptions,
} from "./stored_options.ts";
export {
  type ChoiceField,
  expectedNumber,
  type FieldOf,
  type FieldsOf,
  type FieldWords,
  type FlagField,
  type FormWords,
  isWithin,
  type NumberField,
  type NumberRange,
  type OptionField,
  type TextField,
} from "../option_field.ts";
