/** What stage II is trained on: pictures with captions, and a text encoder that is not trained any more. */
import { findModel } from "../../lib/models/load.ts";
import { openT5, type T5Encoder } from "../../lib/models/t5.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { cleanCaption } from "../../lib/text/clean_caption.ts";
import { SentencePieceTokenizer } from "../../lib/text/sentencepiece.ts";
import { encodeForT5 } from "../../lib/text/t5.ts";
import type { DrawnSet } from "../data/drawn_set.ts";
import { loadCaptioned, type LoadCaptionedOptions } from "./captioned_set.ts";
import { TEXT_LENGTH } from "./configs.ts";

/** The files of a text encoder and its tokenizer in a pipeline's folder. */
const FILES = [
  "tokenizer/tokenizer_config.json",
  "tokenizer/special_tokens_map.json",
  "tokenizer/spiece.model",
  "text_encoder/config.json",
  "text_encoder/model.safetensors",
];

/** Pictures with captions, and what makes texts of these. */
export interface EncodedSet extends DrawnSet {
  /** The encoder's files, by their paths in the folder of a pipeline. */
  readonly encoderFiles: Readonly<Record<string, Uint8Array>>;
  /** Encodes captions: `[N, TEXT_LENGTH, width]`. */
  encode(captions: readonly string[]): Promise<Tensor>;
}

/**
 * The emojis with the text encoder of a first stage.
 *
 * @param options The set, and the model of the first stage: its name or folder, `emoji-I` unless given.
 * @throws {Error} if the set or the model is not there.
 */
export async function loadEncoded(
  { encoder = "emoji-I", ...options }: LoadCaptionedOptions & { readonly encoder?: string },
): Promise<EncodedSet> {
  return await withEncoder(await loadCaptioned(options), encoder);
}

/**
 * Gives a set the text encoder of a first stage.
 *
 * @param set Pictures with captions.
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
