/** Writes SentencePiece models for tests. */
import protobuf from "protobufjs/minimal.js";
import { type Piece, PieceType } from "../../lib/text/model_proto.ts";
import { encodeUtf8 } from "../../lib/text/utf8.ts";

export type TestPiece = readonly [text: string, score?: number, type?: Piece["type"]];

/** The pieces that a model begins with, numbered as T5's. */
export const special: readonly TestPiece[] = [
  ["<pad>", 0, PieceType.control],
  ["</s>", 0, PieceType.control],
  ["<unk>", 0, PieceType.unknown],
];

/** All 256 pieces of bytes. */
export const bytePieces: readonly TestPiece[] = Array.from({ length: 256 }, (_, byte) => [
  `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
  0,
  PieceType.byte,
]);

export interface TestModel {
  readonly pieces?: readonly TestPiece[];
  readonly modelType?: number;
  readonly byteFallback?: boolean;
  readonly charsmap?: Uint8Array;
  readonly addDummyPrefix?: boolean;
  readonly removeExtraWhitespaces?: boolean;
  readonly escapeWhitespaces?: boolean;
}

const tag = (field: number, wireType: number) => (field << 3) | wireType;

/** The file of a model; what is not given is as T5 has it, without rules for characters. */
export function modelBytes(model: TestModel = {}): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [text, score = 0, type = PieceType.normal] of model.pieces ?? special) {
    writer.uint32(tag(1, 2)).fork().uint32(tag(1, 2)).bytes(encodeUtf8(text));
    writer.uint32(tag(2, 5)).float(score).uint32(tag(3, 0)).int32(type).ldelim();
  }
  writer.uint32(tag(2, 2)).fork();
  if (model.modelType !== undefined) writer.uint32(tag(3, 0)).int32(model.modelType);
  if (model.byteFallback !== undefined) writer.uint32(tag(35, 0)).bool(model.byteFallback);
  writer.uint32(tag(43, 0)).int32(-1); // a negative number has ten bytes
  writer.ldelim();
  writer.uint32(tag(3, 2)).fork();
  if (model.charsmap) writer.uint32(tag(2, 2)).bytes(model.charsmap);
  if (model.addDummyPrefix !== undefined) writer.uint32(tag(3, 0)).bool(model.addDummyPrefix);
  if (model.removeExtraWhitespaces !== undefined) writer.uint32(tag(4, 0)).bool(model.removeExtraWhitespaces);
  if (model.escapeWhitespaces !== undefined) writer.uint32(tag(5, 0)).bool(model.escapeWhitespaces);
  writer.ldelim();
  return writer.finish();
}
