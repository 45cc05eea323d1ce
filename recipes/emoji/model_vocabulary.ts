/** The vocabulary of a model trained on emoji. */
import { ArgumentError } from "../../lib/errors.ts";
import { type ModelVocabulary, readVocabulary, VOCABULARY_FILE } from "../../lib/models/mod.ts";

/**
 * Reads a model's vocabulary.
 *
 * @param folder The model's folder.
 * @throws {ArgumentError} if the model has none.
 */
export async function vocabularyOfModel(folder: string): Promise<ModelVocabulary> {
  const vocabulary = await readVocabulary(folder);
  if (vocabulary) return vocabulary;
  throw new ArgumentError("model", folder, `one with a ${VOCABULARY_FILE}`);
}
