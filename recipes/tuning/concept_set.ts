/** The data of fine-tuning: the user's pictures under one text, and prior pictures that the model should not forget. */
import { ArgumentError } from "../../lib/errors.ts";
import { digest } from "../../lib/models/mod.ts";
import { slice, type Tensor } from "../../lib/tensor.ts";
import type { PictureSet } from "../data/dataset.ts";
import { loadPictures } from "../data/pictures.ts";
import type { TunedModel } from "./tuned_model.ts";

/** Pictures under one text. */
export interface Concept {
  /** The pictures. */
  readonly pictures: PictureSet;
  /** The text, encoded: `[1, textLength, textWidth]`. */
  readonly text: Tensor;
}

/** The user's pictures with their text, and those of the prior, if any. */
export interface ConceptSet extends PictureSet {
  /** The text, encoded: `[1, textLength, textWidth]`. */
  readonly text: Tensor;
  /** The prior to preserve (Ruiz et al. 2022, section 3.3). */
  readonly prior?: Concept;
}

/** A folder of pictures and their prompt. */
export interface ConceptSource {
  /** The folder. */
  readonly folder: string;
  /** The prompt of its pictures. */
  readonly prompt: string;
  /** Generates missing pictures, if they are not given. */
  make?(): Promise<void>;
}

/** The options of {@linkcode loadConcepts}. */
export interface LoadConceptsOptions {
  /** The user's pictures. */
  readonly own: ConceptSource;
  /** Those of the prior. */
  readonly prior?: ConceptSource;
  /** Height and width. */
  readonly size: number;
  /** Called with skipped files, each with the reason. */
  readonly onSkipped?: (what: string) => void;
}

/**
 * Loads the pictures of a folder, the middle square of each.
 *
 * @param name The argument that names the folder.
 * @param folder The folder.
 * @throws {ArgumentError} if it has no picture that can be read.
 */
export async function loadConceptPictures(
  name: string,
  folder: string,
  { size, onSkipped }: Pick<LoadConceptsOptions, "size" | "onSkipped">,
): Promise<PictureSet> {
  const { skipped, ...pictures } = await loadPictures(folder, { size }).catch((error) => {
    throw error instanceof ArgumentError && error.argument === "folder" ? error.renamed(name) : error;
  });
  for (const what of skipped) onSkipped?.(`${folder}/${what}`);
  // Folders within are ignored.
  return { ...pictures, labels: undefined, classes: undefined };
}

/**
 * Loads the pictures, the middle square of each, and encodes the texts, once.
 *
 * @throws {ArgumentError} if a folder has no picture that can be read: `data`, or `priorData`.
 */
export async function loadConcepts(
  model: TunedModel,
  { own, prior, size, onSkipped }: LoadConceptsOptions,
): Promise<ConceptSet> {
  const pictures = await loadConceptPictures("data", own.folder, { size, onSkipped });
  await prior?.make?.();
  const kept = prior && await loadConceptPictures("priorData", prior.folder, { size, onSkipped });
  const texts = await model.encode([own.prompt, ...(prior ? [prior.prompt] : [])]);
  return {
    ...pictures,
    fingerprint: await digest(pictures.images, kept?.images ?? ""),
    text: slice(texts, 0, 1),
    ...(kept && { prior: { pictures: kept, text: slice(texts, 1, 2) } }),
  };
}
