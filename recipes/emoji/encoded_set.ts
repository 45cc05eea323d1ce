/** Stage II's training data: images with captions, and a frozen text encoder. */
import { findModel, openT5, type T5Encoder } from "../../lib/models/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { cleanCaption, encodeForT5, SentencePieceTokenizer } from "../../lib/text/mod.ts";
import type { DrawnSet } from "../data/drawn_set.ts";
import { TEXT_LENGTH } from "./configs.ts";

/** The files of a text encoder and its tokenizer in a pipeline's folder. */
const FILES = [
  "tokenizer/tokenizer_config.json",
  "tokenizer/special_tokens_map.json",
  "tokenizer/spiece.model",
  "text_encoder/config.json",
  "text_encoder/model.safetensors",
];

/** Images with captions, and the encoder of these. */
export interface EncodedSet extends DrawnSet {
  /** The encoder's files, by their paths in the folder of a pipeline. */
  readonly encoderFiles: Readonly<Record<string, Uint8Array>>;
  /** Encodes captions: `[N, TEXT_LENGTH, width]`. */
  encode(captions: readonly string[]): Promise<Tensor>;
}

/**
 * Gives a set the text encoder of a first stage.
 *
 * @param set Images with captions.
 * @param encoder The model of the first stage: its name or folder.
 * @throws {Error} if the model is not there, or has no text encoder.
 */
export async function withEncoder(set: DrawnSet, encoder: string): Promise<EncodedSet> {
  const folder = await findModel(encoder);
  const files: Record<string, Uint8Array> = {};
  for (const file of FILES) files[file] = await Deno.readFile(`${folder}/${file}`);
  const tokenizer = SentencePieceTokenizer.parse(files["tokenizer/spiece.model"]);
  let t5: Promise<T5Encoder> | undefined;
  return {
    ...set,
    encoderFiles: files,
    encode: async (captions) => {
      t5 ??= openT5(`${folder}/text_encoder`, { length: TEXT_LENGTH });
      const { ids, mask } = encodeForT5(tokenizer, captions.map(cleanCaption), { maxLength: TEXT_LENGTH });
      return await (await t5).encode(ids, mask);
    },
  };
}
