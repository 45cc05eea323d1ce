/**
 * Encoded prompts, in memory and in a file. A text encoder is larger than the networks it conditions, and
 * a prompt's embeddings never change.
 *
 * @module
 */
import { Config } from "../checkpoints/config.ts";
import { CheckpointError } from "../checkpoints/error.ts";
import { SafetensorsFile, writeSafetensors } from "../checkpoints/safetensors.ts";
import { concat, reshape, slice, type Tensor } from "../tensor.ts";
import type { EncodePromptsOptions, TextToImage } from "./open_text_to_image.ts";
import { assertOptions } from "../options.ts";
import { encodePromptsOptionNames } from "./stage/option_names.ts";

/** The metadata's key for the format, and its only value so far. */
const FORMAT = { key: "denoise.prompts", value: "1" } as const;

/** The name of the negative prompt's tensor. */
const NEGATIVE = "negative";

/** Prompts and their embeddings. */
export interface PromptEmbeddings {
  /** The prompts. */
  readonly prompts: readonly string[];
  /** The negative prompt; may be empty. */
  readonly negative: string;
  /** The prompts' embeddings, `[N, L, D]`. */
  readonly text: Tensor;
  /** The negative prompt's embeddings, `[1, L, D]`. */
  readonly negativeText: Tensor;
}

/**
 * Encodes prompts and a negative prompt in one call.
 *
 * @param pipeline The pipeline.
 * @param prompts The prompts, at least one.
 * @param negative The negative prompt; defaults to the empty one.
 * @param options Whether prompts are cleaned.
 */
export async function encodePrompts(
  pipeline: Pick<TextToImage, "encode">,
  prompts: readonly string[],
  negative: string = "",
  options: EncodePromptsOptions = {},
): Promise<PromptEmbeddings> {
  assertOptions(options, encodePromptsOptionNames);
  const all = await pipeline.encode([...prompts, negative], options);
  const count = prompts.length;
  return {
    prompts,
    negative,
    text: slice(all, 0, count),
    negativeText: slice(all, count, count + 1),
  };
}

/**
 * Writes prompts and their embeddings to a `safetensors` file: `prompt.0`, `prompt.1`, ... and `negative`, each `[L, D]`; the
 * texts are in the metadata.
 *
 * @param path The file; an existing one is replaced once the new one is complete.
 * @param embeddings The prompts.
 * @throws {SafetensorsError} if the file cannot be written.
 */
export async function writePromptEmbeddings(path: string, embeddings: PromptEmbeddings): Promise<void> {
  const { prompts, negative, text, negativeText } = embeddings;
  const shape = text.shape.slice(1);
  const tensors: Record<string, Tensor> = { [NEGATIVE]: reshape(negativeText, shape) };
  prompts.forEach((_, i) => tensors[`prompt.${i}`] = reshape(slice(text, i, i + 1), shape));
  await writeSafetensors(path, tensors, {
    metadata: { [FORMAT.key]: FORMAT.value, prompts: JSON.stringify(prompts), negative },
  });
}

/**
 * Reads a file written by {@linkcode writePromptEmbeddings}.
 *
 * @param path The file.
 * @throws {SafetensorsError} if the file cannot be read, or is incomplete.
 * @throws {CheckpointError} if it holds something else.
 */
export async function readPromptEmbeddings(path: string): Promise<PromptEmbeddings> {
  const file = await SafetensorsFile.open(path);
  const metadata = new Config(path, file.metadata);
  metadata.choice(FORMAT.key, [FORMAT.value]);
  const prompts = readPrompts(metadata);
  const shape = file.tensors.get(NEGATIVE)?.shape;
  if (shape?.length !== 2) throw new CheckpointError(`${path}: tensor "${NEGATIVE}" [L, D] is expected`);
  const read = async (name: string) => {
    const found = file.tensors.get(name)?.shape;
    if (found?.length !== 2 || found.some((n, i) => n !== shape[i])) {
      const what = found ? `shape [${found}]` : "missing";
      throw new CheckpointError(`${path}: tensor "${name}": ${what} where [${shape}] is expected`);
    }
    return reshape(await file.read(name), [1, ...shape]);
  };
  const rows: Tensor[] = [];
  for (const i of prompts.keys()) rows.push(await read(`prompt.${i}`));
  return {
    prompts,
    negative: metadata.text("negative"),
    text: concat(rows),
    negativeText: await read(NEGATIVE),
  };
}

function readPrompts(metadata: Config): string[] {
  let prompts: unknown;
  try {
    prompts = JSON.parse(metadata.text("prompts"));
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
  }
  const fits = Array.isArray(prompts) && prompts.length > 0 && prompts.every((p) => typeof p === "string");
  return fits ? prompts as string[] : metadata.fail("prompts", "a list of texts");
}
