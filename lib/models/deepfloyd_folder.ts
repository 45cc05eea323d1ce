/**
 * What the folder of a pipeline of DeepFloyd IF says beside its networks' configurations.
 *
 * @module
 */
import { CheckpointError } from "../checkpoints/error.ts";
import type { ModelIndex } from "../checkpoints/folder.ts";
import { type Folder, machine } from "../platform/mod.ts";
import { readTokenizerSettings, tokenizerClasses } from "./tokenizer_config.ts";

/** The classes of pipelines that diffusers names in `model_index.json`: stage I and stage II. */
export const deepFloydClasses = {
  "text-to-image": "IFPipeline",
  "super-resolution": "IFSuperResolutionPipeline",
} as const;

/** The classes that the components of a pipeline may have. That of the scheduler is its own file's to say. */
const COMPONENTS: Readonly<Record<string, readonly string[]>> = {
  unet: ["UNet2DConditionModel"],
  text_encoder: ["T5EncoderModel"],
  tokenizer: tokenizerClasses,
};

/**
 * Refuses a pipeline with a component of another kind than DeepFloyd IF's.
 *
 * @param folder The pipeline's folder.
 * @param index What its `model_index.json` says.
 * @throws {CheckpointError} if a component is of another class: the message names it.
 */
export function assertComponents(folder: Folder, { components }: ModelIndex): void {
  for (const [name, expected] of Object.entries(COMPONENTS)) {
    const found = components.get(name)?.className;
    if (found === undefined || expected.includes(found)) continue;
    throw new CheckpointError(
      `${machine.open(folder).pathOf("model_index.json")}: "${name}" is ${JSON.stringify(found)} where ${
        expected.join(" or ")
      } is expected`,
    );
  }
}

/**
 * Positions of a text, padding included: `model_max_length` of the tokenizer's configuration, 77 where it has none.
 *
 * @param folder The pipeline's folder.
 * @throws {CheckpointError} if the configuration cannot be read, or asks for what is not supported.
 */
export async function readTextLength(folder: Folder): Promise<number> {
  return (await readTokenizerSettings(machine.open(folder).folder("tokenizer"))).textLength;
}
