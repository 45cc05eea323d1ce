/**
 * Texts for T5: SentencePiece tokenizers, opened and trained, and the cleaning of captions as in DeepFloyd IF.
 *
 * @example
 * ```ts
 * import { cleanCaption, encodeForT5, openTokenizer } from "@denoise/denoise/text";
 *
 * const tokenizer = await openTokenizer("models/emoji-I/tokenizer");
 * const tokens = encodeForT5(tokenizer, [cleanCaption("A  Rocket Ship!")], { maxLength: 16 });
 * ```
 *
 * @module
 */
export { type AddedToken, splitAtTokens, type TextParts } from "./added_tokens.ts";
export { cleanCaption, plainCaption } from "./clean_caption.ts";
export { encodeModelProto } from "./encode_model_proto.ts";
export { TokenizerError } from "./error.ts";
export { openTokenizer } from "./open_tokenizer.ts";
export { SentencePieceTokenizer, type Token } from "./sentencepiece.ts";
export { encodeForT5, type EncodeForT5Options, type T5Tokens } from "./t5.ts";
export { trainUnigram, type TrainUnigramOptions, type UnigramPiece } from "./train_unigram.ts";
export { decodeUserText, EncodingError } from "./user_text.ts";
