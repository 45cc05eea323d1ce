/**
 * What the folder of a pipeline of DeepFloyd IF says beside its networks' configurations.
 *
 * @module
 */
import { join } from "node:path";
import { Config } from "../checkpoints/config.ts";

/** The classes of pipelines that diffusers names in `model_index.json`: stage I and stage II. */
export const deepFloydClasses = {
  "text-to-image": "IFPipeline",
  "super-resolution": "IFSuperResolutionPipeline",
} as const;

/** Positions of a text, padding included, that IF was trained with. */
const TEXT_LENGTH = 77;

/** From here on a length is none: tokenizers without a limit are saved with 10^30. */
const NO_LIMIT = 2 ** 20;

/**
 * Positions of a text, padding included: `model_max_length` of the tokenizer's configuration, 77 where it has none.
 *
 * @param folder The pipeline's folder.
 * @throws {CheckpointError} if the configuration cannot be read, or the length is no whole number from 1.
 */
export async function readTextLength(folder: string): Promise<number> {
  const path = join(folder, "tokenizer", "tokenizer_config.json");
  try {
    await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return TEXT_LENGTH;
  }
  const config = await Config.read(path);
  const length = config.number("model_max_length", { min: 1 }, TEXT_LENGTH);
  if (length >= NO_LIMIT) return TEXT_LENGTH;
  return config.whole("model_max_length", { min: 1 }, TEXT_LENGTH);
}
