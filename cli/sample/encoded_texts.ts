/** The texts of a run as the networks hear them. */
import { ArgumentError } from "../../lib/argument_error.ts";
import { described } from "../../lib/show_value.ts";
import type { GenerationOptions } from "../../lib/generation/mod.ts";
import type { TextToImage } from "../../lib/pipelines/open_text_to_image.ts";
import { encodePrompts, type PromptEmbeddings } from "../../lib/pipelines/prompt_embeddings.ts";
import { concat, slice, type Tensor } from "../../lib/tensor.ts";

/** Texts, encoded. */
export interface EncodedTexts {
  /** The prompts, and what to avoid. */
  readonly embeddings: PromptEmbeddings;
  /** The prompts of an effect's parts, `[M, L, D]`. */
  readonly partEmbeddings?: Tensor;
  /** How long it took, in milliseconds; undefined where they were encoded before. */
  readonly encodeMs?: number;
}

/** Encodes the prompts of a run, or takes them from those that were encoded before. */
export async function encodedTexts(
  pipeline: TextToImage,
  options: GenerationOptions,
  encoded: PromptEmbeddings | undefined,
  signal: AbortSignal,
): Promise<EncodedTexts> {
  const start = performance.now();
  const { negative, effect } = options;
  const prompts = [...options.prompts, ...(effect?.parts ?? []).map(({ prompt }) => prompt)];
  const all = encoded
    ? choose(encoded, { prompts, negative })
    : await encodePrompts(pipeline, prompts, negative, { signal });
  const encodeMs = encoded ? undefined : performance.now() - start;
  const { length } = options.prompts;
  if (length === prompts.length) return { embeddings: all, encodeMs };
  const embeddings = { ...all, prompts: options.prompts, text: slice(all.text, 0, length) };
  return { embeddings, partEmbeddings: slice(all.text, length, prompts.length), encodeMs };
}

/** Checks that embeddings are those of an encoder such as the network's. */
export function assertWidth({ text }: PromptEmbeddings, pipeline: TextToImage, path: string): void {
  const [, ...shape] = text.shape;
  const expected = [pipeline.textLength, pipeline.config.textWidth];
  if (shape.every((n, i) => n === expected[i])) return;
  throw new ArgumentError(
    "embeddings",
    described(`${JSON.stringify(path)} of shape [${shape}]`),
    `[${expected}]`,
  );
}

/** The embeddings of a run's prompts, from those that were encoded before. */
function choose(
  encoded: PromptEmbeddings,
  { prompts, negative }: Pick<GenerationOptions, "prompts" | "negative">,
): PromptEmbeddings {
  if (negative !== encoded.negative) {
    throw new ArgumentError(
      "embeddings",
      described(`the negative prompt ${JSON.stringify(encoded.negative)}`),
      `that of the picture, ${JSON.stringify(negative)}`,
    );
  }
  const rows = prompts.map((prompt) => {
    const i = encoded.prompts.indexOf(prompt);
    if (i !== -1) return slice(encoded.text, i, i + 1);
    const known = encoded.prompts.map((text) => JSON.stringify(text)).join(", ");
    throw new ArgumentError("prompt", prompt, "one of --embeddings", { note: known });
  });
  return { ...encoded, prompts, text: concat(rows) };
}
