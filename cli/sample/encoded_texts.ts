/** The embeddings of a run's texts. */
import { ArgumentError, described } from "../../lib/errors.ts";
import type { GenerationOptions } from "../../lib/generation/mod.ts";
import { encodePrompts, type PromptEmbeddings, type TextToImage } from "../../lib/pipelines/mod.ts";
import { concat, slice, type Tensor } from "../../lib/tensor.ts";

/** Texts, encoded. */
export interface EncodedTexts {
  /** The prompts and the negative prompt. */
  readonly embeddings: PromptEmbeddings;
  /** The prompts of an effect's parts, `[M, L, D]`. */
  readonly partEmbeddings?: Tensor;
  /** The encoding time, in milliseconds; undefined if they were encoded beforehand. */
  readonly encodeMs?: number;
}

/** Encodes the prompts of a run, or looks them up among embeddings encoded beforehand. */
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

/** Checks that embeddings fit the network's text encoder. */
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

/** The embeddings of a run's prompts, from those encoded beforehand. */
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
