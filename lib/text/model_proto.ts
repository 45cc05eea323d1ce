/**
 * The part of SentencePiece's `ModelProto` that tokenizing needs, read with protobufjs' wire-format reader. Field
 * numbers are those of the SentencePiece repository's `src/sentencepiece_model.proto`, which keeps them stable.
 */
import protobuf from "protobufjs/minimal.js";
import { TokenizerError } from "./error.ts";

/** What a piece is, by SentencePiece's numbers. */
export const PieceType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** What a model is, by SentencePiece's numbers. */
const modelTypes: Readonly<Record<number, string>> = { 1: "unigram", 2: "BPE", 3: "word", 4: "character" };

/** One piece of the vocabulary; its number is its place in the list. */
export interface Piece {
  /** Its text, in UTF-8. */
  readonly bytes: Uint8Array;
  /** The logarithm of its probability. */
  readonly score: number;
  /** One of {@linkcode PieceType}. */
  readonly type: number;
}

/** How the model was trained, as far as it matters for use. */
export interface TrainerSpec {
  /** Whether white space is marked after a word, not before it. */
  readonly whitespaceAsSuffix: boolean;
  /** Whether an unknown character becomes its bytes. */
  readonly byteFallback: boolean;
  /** The piece that ends a text. */
  readonly eosPiece: string;
  /** The piece that fills a batch. */
  readonly padPiece: string;
  /** What an unknown piece decodes to. */
  readonly unkSurface: string;
}

/** How text is normalized. */
export interface NormalizerSpec {
  /** The rules for characters, compiled; empty if there are none. */
  readonly charsmap: Uint8Array;
  /** Whether text begins with a space. */
  readonly addDummyPrefix: boolean;
  /** Whether runs of spaces become one, and those at the ends none. */
  readonly removeExtraWhitespaces: boolean;
  /** Whether a space is written as U+2581. */
  readonly escapeWhitespaces: boolean;
}

/** A model's file. */
export interface ModelProto {
  /** The vocabulary. */
  readonly pieces: readonly Piece[];
  /** How the model was trained. */
  readonly trainer: TrainerSpec;
  /** How text is normalized before it is cut. */
  readonly normalizer: NormalizerSpec;
  /** How decoded text is normalized, if it is. */
  readonly denormalizer?: NormalizerSpec;
}

type Reader = protobuf.Reader;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

// The wire types of the fields that are read here.
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

const field = (number: number, wireType: number): number => (number << 3) | wireType;

/** Reads a message of some bytes; `read` takes a field by its tag, or says that it does not know it. */
function message(reader: Reader, length: number, read: (tag: number) => boolean): void {
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError(`${length} bytes where ${reader.len - reader.pos} are left`);
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (!read(tag)) reader.skipType(tag & 7);
  }
  if (reader.pos !== end) throw new RangeError("a field goes beyond its message");
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function string(reader: Reader): string {
  return decoder.decode(reader.bytes());
}

function readPiece(reader: Reader): Piece {
  const piece: Writable<Piece> = { bytes: new Uint8Array(), score: 0, type: PieceType.normal };
  message(reader, reader.uint32(), (tag) => {
    if (tag === field(1, BYTES)) piece.bytes = reader.bytes();
    else if (tag === field(2, FIXED32)) piece.score = reader.float();
    else if (tag === field(3, VARINT)) piece.type = reader.int32();
    else return false;
    return true;
  });
  return piece;
}

function readTrainer(reader: Reader, trainer: Writable<TrainerSpec> & { modelType: number }): void {
  message(reader, reader.uint32(), (tag) => {
    if (tag === field(3, VARINT)) trainer.modelType = reader.int32();
    else if (tag === field(24, VARINT)) trainer.whitespaceAsSuffix = reader.bool();
    else if (tag === field(35, VARINT)) trainer.byteFallback = reader.bool();
    else if (tag === field(44, BYTES)) trainer.unkSurface = string(reader);
    else if (tag === field(47, BYTES)) trainer.eosPiece = string(reader);
    else if (tag === field(48, BYTES)) trainer.padPiece = string(reader);
    else return false;
    return true;
  });
}

function readNormalizer(reader: Reader, spec: NormalizerSpec | undefined): NormalizerSpec {
  const normalizer: Writable<NormalizerSpec> = spec ?? {
    charsmap: new Uint8Array(),
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true,
  };
  message(reader, reader.uint32(), (tag) => {
    if (tag === field(2, BYTES)) normalizer.charsmap = reader.bytes();
    else if (tag === field(3, VARINT)) normalizer.addDummyPrefix = reader.bool();
    else if (tag === field(4, VARINT)) normalizer.removeExtraWhitespaces = reader.bool();
    else if (tag === field(5, VARINT)) normalizer.escapeWhitespaces = reader.bool();
    else return false;
    return true;
  });
  return normalizer;
}

/**
 * Reads the file of a unigram model.
 *
 * @param bytes The whole file.
 * @param label What to call it in errors.
 * @throws {TokenizerError} if it is no such file, is cut short, or holds a model of another type.
 */
export function parseModelProto(bytes: Uint8Array, label: string): ModelProto {
  const pieces: Piece[] = [];
  // What the fields mean where they are absent, as the .proto file says.
  const trainer = {
    modelType: 1,
    whitespaceAsSuffix: false,
    byteFallback: false,
    eosPiece: "</s>",
    padPiece: "<pad>",
    unkSurface: " \u2047 ",
  };
  let trained = false;
  let normalizer: NormalizerSpec | undefined;
  let denormalizer: NormalizerSpec | undefined;
  const reader = protobuf.Reader.create(bytes);
  try {
    message(reader, bytes.length, (tag) => {
      if (tag === field(1, BYTES)) pieces.push(readPiece(reader));
      else if (tag === field(2, BYTES)) readTrainer(reader, trainer), trained = true;
      else if (tag === field(3, BYTES)) normalizer = readNormalizer(reader, normalizer);
      else if (tag === field(5, BYTES)) denormalizer = readNormalizer(reader, denormalizer);
      else return false;
      return true;
    });
  } catch (cause) {
    const where = `at byte ${reader.pos} of ${bytes.length}`;
    const what = `not a whole SentencePiece model: damaged or cut short ${where}`;
    throw new TokenizerError(`${label}: ${what}: ${(cause as Error).message}`, { cause });
  }
  if (pieces.length === 0) {
    throw new TokenizerError(
      `${label}: no pieces in ${bytes.length} bytes where a SentencePiece model is expected`,
    );
  }
  // Every model has both after its pieces. Without them a file that was cut between two pieces would pass.
  if (!trained || !normalizer) {
    const missing = trained ? "normalizer" : "trainer";
    throw new TokenizerError(
      `${label}: no ${missing} specification after ${pieces.length} pieces; the file is cut short`,
    );
  }
  const { modelType } = trainer;
  if (modelType !== 1) {
    const found = modelTypes[modelType] ?? `unknown (${modelType})`;
    throw new TokenizerError(`${label}: the type of the model is ${found} where unigram is expected`);
  }
  return { pieces, trainer, normalizer, denormalizer };
}
