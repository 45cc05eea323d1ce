/** The common part of the fine-tuning recipes. */
import { ArgumentError, described } from "../../lib/errors.ts";
import type { LoadOptions, Plan, Recipe, RecipeSettings } from "../recipe.ts";
import { type ConceptSet, type ConceptSource, loadConcepts } from "./concept_set.ts";
import { drawInputs } from "./network_inputs.ts";
import type { TunedModel } from "./tuned_model.ts";

/** A model and the concept to learn. */
export interface Tuning {
  /** The model. */
  readonly model: TunedModel;
  /** The prompt of the user's pictures. */
  readonly prompt: string;
  /** The prior to preserve: pictures with their prompt. */
  readonly prior?: ConceptSource;
}

/** How often a run writes the model's files. */
const WRITINGS = 4;

/** The settings that identify a fine-tuning run. */
export function tuningSettings({ model, prompt, prior }: Tuning): Partial<RecipeSettings> {
  return {
    base: model.digest,
    width: model.config.down[0].channels,
    prompt,
    ...(prior && { priorPrompt: prior.prompt }),
  };
}

/** Loads the pictures of a run. */
export async function loadTuning(
  { model, prompt, prior }: Tuning,
  options: LoadOptions,
): Promise<ConceptSet> {
  const { folder, size } = ownPictures(model, options);
  const { onSkipped } = options;
  return await loadConcepts(model, { own: { folder, prompt }, prior, size, onSkipped });
}

/**
 * The folder of the user's pictures, and their size.
 *
 * @throws {ArgumentError} if there is none, or the network takes no pictures of that size.
 */
export function ownPictures(
  { config: { size: usual, sizeStep, enlarges } }: TunedModel,
  { folder, size = usual }: LoadOptions,
): { readonly folder: string; readonly size: number } {
  if (folder === undefined) {
    throw new ArgumentError("data", described("none"), "a folder with pictures of what is to be learned");
  }
  const multiple = enlarges ? Math.max(sizeStep, 4) : sizeStep;
  if (size % multiple !== 0) throw new ArgumentError("size", size, `a multiple of ${multiple}`);
  return { folder, size };
}

/** The inputs of a run's steps. */
export function tuningFeeds(
  { model }: Tuning,
  { priorWeight = 1 }: RecipeSettings,
  set: ConceptSet,
): Plan["feeds"] {
  return (batch, generator) => drawInputs(model, set, batch, priorWeight, generator);
}

/** Epochs between writing the model's files: a few times per run. */
export function writingInterval({ epochs }: Pick<RecipeSettings, "epochs">): number {
  return Math.max(1, Math.ceil(epochs / WRITINGS));
}

/** The common fields of the recipes. */
export const tuningRecipe = {
  needsLabels: false,
  // AdamW, as in diffusers' DreamBooth scripts.
  optimizer: { clipNorm: 1, weightDecay: 0.01 },
} as const satisfies Partial<Recipe>;
