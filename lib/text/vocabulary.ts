import { TokenizerError } from "./error.ts";
import { type ModelProto, type Piece, PieceType } from "./model_proto.ts";
import { PrefixTree } from "./prefix_tree.ts";
import { decodeStrictly } from "./utf8.ts";

/** The scores of pieces are single precision, and so is the arithmetic with them. */
const LARGEST_FLOAT = 3.4028234663852886e38;
const SMALLEST_FLOAT = 1.1754943508222875e-38;

/** How much less probable than the least probable piece an unknown character is, as a logarithm. */
const UNKNOWN_PENALTY = 10;

/** How many bytes all pieces together may have: a bound on the memory that a file can ask for. T5's have 0.25 MB. */
const MAX_BYTES = 8 * 2 ** 20;

/** How much of a piece an error shows. */
const SHOWN = 40;

/** How the piece of a byte is written: `<0x00>` to `<0xFF>`. */
function bytePiece(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

/** The pieces of a unigram model: their texts, types and scores, and those that a text can be cut into. */
export class Vocabulary {
  /** The texts of the pieces. */
  readonly texts: readonly string[];
  /** Their types, see {@linkcode PieceType}. */
  readonly types: Uint8Array;
  /** What a piece adds to the score of a segmentation. */
  readonly scores: Float64Array;
  /** What an unknown character adds. */
  readonly unknownScore: number;
  /** The piece for what is unknown. */
  readonly unkId: number;
  /** The pieces that a text can be cut into. */
  readonly tree: PrefixTree = new PrefixTree();
  /** User-defined pieces alone, which are never normalized; undefined if there are none. */
  readonly userDefined: PrefixTree | undefined;
  /** The pieces of the bytes 0 to 255; undefined if there are none. */
  readonly byteIds: readonly number[] | undefined;

  // A text that may stand for itself, and a text that is a name, can be the same.
  readonly #ids = new Map<string, number>();
  readonly #reservedIds = new Map<string, number>();

  /**
   * Checks the pieces.
   *
   * @param proto The model.
   * @param label What to call it in errors.
   * @throws {TokenizerError} if a piece is empty, no UTF-8, there twice or of an unknown type; or if there is not
   *   exactly one unknown piece, no normal one, or no full set of bytes where there should be.
   */
  constructor({ pieces, trainer }: ModelProto, label: string) {
    const fail = (message: string): never => {
      throw new TokenizerError(`${label}: ${message}`);
    };
    const total = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
    if (total > MAX_BYTES) fail(`${total} bytes of pieces where at most ${MAX_BYTES} are expected`);

    const texts = pieces.map(({ bytes }, id) =>
      decodeStrictly(bytes) || fail(`piece ${id} is ${bytes.length ? "no UTF-8" : "empty"}`)
    );
    pieces.forEach(({ type, score }, id) => {
      if (!(type >= PieceType.normal && type <= PieceType.byte)) {
        fail(`piece ${id} has the type ${type} where 1 to 6 is expected`);
      }
      if (!Number.isFinite(score)) fail(`piece ${id} has the score ${score} where a number is expected`);
      const ids = this.#mapFor(type);
      if (ids.has(texts[id])) {
        fail(`"${texts[id].slice(0, SHOWN)}" is piece ${ids.get(texts[id])} and again piece ${id}`);
      }
      ids.set(texts[id], id);
    });

    const unknown = pieces.flatMap(({ type }, id) => type === PieceType.unknown ? [id] : []);
    if (unknown.length !== 1) fail(`${unknown.length} unknown pieces where one is expected`);
    const normal = pieces.filter(({ type }) => type === PieceType.normal);
    if (normal.length === 0) fail(`no normal piece among ${pieces.length}`);

    this.texts = texts;
    this.types = Uint8Array.from(pieces, ({ type }) => type);
    this.unkId = unknown[0];
    this.unknownScore = Math.fround(
      normal.reduce((least, { score }) => Math.min(least, score), LARGEST_FLOAT) - UNKNOWN_PENALTY,
    );
    // A user-defined piece has next to the highest score there can be, so that it always wins.
    const highest = normal.reduce((most, { score }) => Math.max(most, score), SMALLEST_FLOAT);
    this.scores = Float64Array.from(
      pieces,
      ({ type, score, bytes }) =>
        type === PieceType.userDefined ? Math.fround(bytes.length * highest) - 0.1 : score,
    );
    const add = (tree: PrefixTree, type: number) =>
      pieces.forEach((piece, id) => piece.type === type && tree.insert(piece.bytes, id));
    add(this.tree, PieceType.normal);
    add(this.tree, PieceType.userDefined);
    if (pieces.some(({ type }) => type === PieceType.userDefined)) {
      this.userDefined = new PrefixTree();
      add(this.userDefined, PieceType.userDefined);
    }
    this.byteIds = this.#bytePieces(pieces, trainer.byteFallback, fail);
  }

  /** The number of a piece by its text; that of the unknown piece if there is no such text. */
  idOf(text: string): number {
    return this.#reservedIds.get(text) ?? this.#ids.get(text) ?? this.unkId;
  }

  /** The number of a control piece by its text; -1 if there is none. */
  controlId(text: string): number {
    const id = this.#reservedIds.get(text);
    return id !== undefined && this.types[id] === PieceType.control ? id : -1;
  }

  /** The byte that a text names; -1 if it is no byte's piece. */
  byteOf(text: string): number {
    const id = this.#reservedIds.get(text);
    return id === undefined ? -1 : this.byteIds?.indexOf(id) ?? -1;
  }

  #mapFor(type: number): Map<string, number> {
    const { normal, userDefined, unused } = PieceType;
    return type === normal || type === userDefined || type === unused ? this.#ids : this.#reservedIds;
  }

  #bytePieces(
    pieces: readonly Piece[],
    byteFallback: boolean,
    fail: (message: string) => never,
  ): readonly number[] | undefined {
    const count = pieces.filter(({ type }) => type === PieceType.byte).length;
    if (!byteFallback) {
      return count ? fail(`${count} pieces of bytes, but byte_fallback is false`) : undefined;
    }
    const ids = Array.from({ length: 256 }, (_, byte) => this.#reservedIds.get(bytePiece(byte)) ?? -1);
    const found = ids.filter((id) => id >= 0 && pieces[id].type === PieceType.byte).length;
    return found === 256 && count === 256
      ? ids
      : fail(`${found} of the pieces <0x00> to <0xFF>, and ${count} of their type, where 256 are expected`);
  }
}
