/**
 * Generations as a whole: their options, from what a user chooses to what images store, and how they are run.
 *
 * @module
 */
export { type GenerationDefaults, generationDefaults } from "./defaults.ts";
export { defaultCount, defaultModels, defaultScale, generationFields } from "./fields.ts";
export { generate, type GenerationInputs } from "./generate.ts";
export {
  type ChosenEffect,
  type FileReference,
  type GenerationChoices,
  type GenerationOptions,
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
  storedOptions,
} from "./stored_options.ts";
