/** The text encoder's inputs for captions. */
import type { Generator } from "../../lib/random.ts";
import { type Tensor, tensor, type TensorData } from "../../lib/tensor.ts";
import { cleanCaption, encodeForT5, type SentencePieceTokenizer } from "../../lib/text/mod.ts";
import { TEXT_LENGTH } from "./configs.ts";

/** How often the caption is left out, so that guidance has an unconditional network (Ho and Salimans 2022). */
const DROP = 0.1;

/** Captions, some of which are left out. */
export function dropCaptions(captions: readonly string[], generator: Generator): string[] {
  const draws = generator.rand([captions.length]).data;
  return captions.map((caption, n) => draws[n] < DROP ? "" : caption);
}

/** The encoder's inputs for captions: `ids` and `mask`, `[N, TEXT_LENGTH]`. */
export function textFeeds(
  tokenizer: SentencePieceTokenizer,
  captions: readonly string[],
): Record<"ids" | "mask", Tensor<TensorData>> {
  const { ids, mask } = encodeForT5(tokenizer, captions.map(cleanCaption), { maxLength: TEXT_LENGTH });
  return { ids, mask: tensor(Float32Array.from(mask.data, Number), mask.shape) };
}
