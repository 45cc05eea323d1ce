/** Writes the file of a unigram model, as SentencePiece itself reads it. */
import protobuf from "protobufjs/minimal.js";
import { PieceType } from "./model_proto.ts";
import type { UnigramPiece } from "./train_unigram.ts";

// Wire types.
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

const field = (number: number, wireType: number): number => (number << 3) | wireType;

/**
 * The `spiece.model` of a vocabulary, with T5's special pieces before it: `<pad>` is 0, `</s>` 1 and `<unk>` 2. Text is not
 * normalized but for white space: runs of it are one space, there is none at the ends, and a text begins with one.
 *
 * Field numbers are those of `src/sentencepiece_model.proto` in SentencePiece's repository.
 *
 * @param pieces The pieces; their numbers begin at 3.
 */
export function encodeModelProto(pieces: readonly UnigramPiece[]): Uint8Array {
  const writer = protobuf.Writer.create();
  const piece = (text: string, score: number, type: number) => {
    writer.uint32(field(1, BYTES)).fork().uint32(field(1, BYTES)).string(text);
    writer.uint32(field(2, FIXED32)).float(score);
    if (type !== PieceType.normal) writer.uint32(field(3, VARINT)).int32(type);
    writer.ldelim();
  };
  piece("<pad>", 0, PieceType.control);
  piece("</s>", 0, PieceType.control);
  piece("<unk>", 0, PieceType.unknown);
  for (const { text, score } of pieces) piece(text, score, PieceType.normal);

  writer.uint32(field(2, BYTES)).fork(); // trainer_spec
  writer.uint32(field(3, VARINT)).int32(1); // model_type: unigram
  writer.uint32(field(4, VARINT)).int32(pieces.length + 3); // vocab_size
  writer.uint32(field(40, VARINT)).int32(2); // unk_id
  writer.uint32(field(41, VARINT)).int32(-1); // bos_id: none
  writer.uint32(field(42, VARINT)).int32(1); // eos_id
  writer.uint32(field(43, VARINT)).int32(0); // pad_id
  writer.uint32(field(47, BYTES)).string("</s>"); // eos_piece
  writer.uint32(field(48, BYTES)).string("<pad>"); // pad_piece
  writer.ldelim();

  writer.uint32(field(3, BYTES)).fork(); // normalizer_spec
  writer.uint32(field(1, BYTES)).string("identity"); // name
  writer.uint32(field(3, VARINT)).bool(true); // add_dummy_prefix
  writer.uint32(field(4, VARINT)).bool(true); // remove_extra_whitespaces
  writer.uint32(field(5, VARINT)).bool(true); // escape_whitespaces
  writer.ldelim();
  return writer.finish();
}
