/**
 * SentencePiece's unigram tokenizer: from text to the numbers of pieces and back.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { FOREIGN_HEAD, foreignContent } from "../checkpoints/foreign_content.ts";
import { FileError, type Files, machine } from "../platform/mod.ts";
import { TokenizerError } from "./error.ts";
import { type ModelProto, parseModelProto, PieceType } from "./model_proto.ts";
import { Normalizer } from "./normalizer.ts";
import { parseTokenizerJson } from "./tokenizer_json.ts";
import { segment } from "./unigram.ts";
import { decodeBytewise, decodeUtf8, encodeUtf8 } from "./utf8.ts";
import { Vocabulary } from "./vocabulary.ts";

/** The mark of a space in a piece: U+2581, lower one eighth block. */
const SPACE_MARK = "\u2581";

/** How many bytes a file may have: others are no models. T5's has 0.8 MB, the largest in use below 20 MB. */
const LARGEST_FILE = 2 ** 26;

/** A piece of a text. */
export interface Token {
  /** Its number in the vocabulary. */
  readonly id: number;
  /** Its text; of an unknown piece that which is unknown. Spaces are written as U+2581. */
  readonly piece: string;
}

/**
 * A tokenizer from the `spiece.model` of a checkpoint, equal to SentencePiece's own: compiled normalization rules, the
 * most probable segmentation under a unigram language model (Kudo 2018, "Subword Regularization"), user-defined pieces,
 * bytes for unknown characters where the model has them. Control pieces such as `</s>` never come from text.
 *
 * @example
 * ```ts
 * const tokenizer = await SentencePieceTokenizer.open("tests/fixtures/spiece_tiny.model");
 * tokenizer.encodePieces("A photo"); // ["▁", "A", "▁photo"]
 * tokenizer.decode(tokenizer.encode("A photo")); // "A photo"
 * ```
 */
export class SentencePieceTokenizer {
  /** What it is called in errors: the file. */
  readonly label: string;
  /** How many pieces there are. */
  readonly vocabularySize: number;
  /** The piece that stands for what no other piece covers. */
  readonly unkId: number;
  /** The piece that ends a text; -1 if there is none. */
  readonly eosId: number;
  /** The piece that fills a batch; -1 if there is none. */
  readonly padId: number;

  readonly #model: ModelProto;
  readonly #vocabulary: Vocabulary;
  readonly #normalizer: Normalizer;
  readonly #denormalizer: Normalizer | undefined;

  private constructor(model: ModelProto, label: string) {
    const { trainer, normalizer, denormalizer } = model;
    const vocabulary = new Vocabulary(model, label);
    this.label = label;
    this.vocabularySize = model.pieces.length;
    this.unkId = vocabulary.unkId;
    this.eosId = vocabulary.controlId(trainer.eosPiece);
    this.padId = vocabulary.controlId(trainer.padPiece);
    this.#model = model;
    this.#vocabulary = vocabulary;
    this.#normalizer = new Normalizer(normalizer, `${label}: normalizer`, {
      whitespaceAsSuffix: trainer.whitespaceAsSuffix,
      verbatim: vocabulary.userDefined,
    });
    if (denormalizer?.charsmap.length) {
      this.#denormalizer = new Normalizer(denormalizer, `${label}: denormalizer`);
    }
  }

  /**
   * Reads a model that is in memory.
   *
   * @param bytes The whole file; kept, not copied.
   * @param label What to call it in errors.
   * @throws {TokenizerError} if it is no SentencePiece model, is cut short or damaged, or is no unigram model.
   */
  static parse(bytes: Uint8Array, label: string = "spiece.model"): SentencePieceTokenizer {
    let model: ModelProto;
    try {
      model = parseModelProto(bytes, label);
    } catch (cause) {
      const foreign = foreignContent(bytes.subarray(0, FOREIGN_HEAD));
      if (!foreign) throw cause;
      throw new TokenizerError(`${label}: ${foreign}, where a SentencePiece model is expected`, { cause });
    }
    return new SentencePieceTokenizer(model, label);
  }

  /**
   * Reads a `tokenizer.json` that is in memory: the same tokenizer as from the `spiece.model` that it was made of.
   *
   * @param text The whole file.
   * @param label What to call it in errors.
   * @throws {TokenizerError} if it is no such file, or does not hold a unigram model of SentencePiece.
   */
  static parseJson(text: string, label: string = "tokenizer.json"): SentencePieceTokenizer {
    const foreign = foreignContent(encodeUtf8(text.slice(0, FOREIGN_HEAD)));
    if (foreign && foreign !== "JSON") {
      throw new TokenizerError(`${label}: ${foreign}, where a tokenizer's JSON is expected`);
    }
    return new SentencePieceTokenizer(parseTokenizerJson(text, label), label);
  }

  /**
   * Reads a model's file.
   *
   * @param path The file: `spiece.model` in the folder of a checkpoint's tokenizer, or `tokenizer.json`, by its ending.
   * @param files What the path is one of; defaults to those of the disk.
   * @throws {TokenizerError} if it cannot be read, is no SentencePiece model, is cut short or damaged, or is no unigram
   *   model.
   */
  static async open(path: string, files: Files = machine.files): Promise<SentencePieceTokenizer> {
    const label = files.pathOf(path);
    let bytes: Uint8Array;
    try {
      const { size } = await files.stat(path) ?? { size: 0 };
      if (size > LARGEST_FILE) {
        throw new TokenizerError(
          `${label}: cannot be read: ${size} bytes where a model of at most ${LARGEST_FILE} is expected`,
        );
      }
      bytes = await files.readBytes(path);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const why = error.reason === "missing" ? "does not exist" : `cannot be read: ${error.detail}`;
      throw new TokenizerError(`${label}: ${why}`, { cause: error.cause });
    }
    return path.endsWith(".json")
      ? SentencePieceTokenizer.parseJson(new TextDecoder().decode(bytes), label)
      : SentencePieceTokenizer.parse(bytes, label);
  }

  /** The text of a piece by its number; undefined if there is no such piece. */
  pieceOf(id: number): string | undefined {
    return this.#vocabulary.texts[id];
  }

  /**
   * A text as pieces see it: characters replaced by the model's rules (those of T5 are close to Unicode's NFKC), white
   * space collapsed, spaces as U+2581.
   *
   * @param text Any text; a lone surrogate counts as U+FFFD.
   */
  normalize(text: string): string {
    return decodeUtf8(this.#normalizer.normalize(encodeUtf8(text)));
  }

  /**
   * Cuts a text into pieces. Unknown characters that follow each other are one unknown piece, or their bytes where the
   * model has pieces for bytes. Special pieces are neither added nor recognized.
   *
   * @param text Any text; a lone surrogate counts as U+FFFD.
   */
  tokenize(text: string): Token[] {
    const normalized = this.#normalizer.normalize(encodeUtf8(text));
    const { byteIds, texts } = this.#vocabulary;
    const segments = segment(normalized, this.#vocabulary);
    return segments.flatMap(({ start, end, id }, i): Token | Token[] => {
      if (id !== this.unkId) return { id, piece: decodeUtf8(normalized.subarray(start, end)) };
      if (byteIds) {
        return Array.from(normalized.subarray(start, end), (byte) => ({
          id: byteIds[byte],
          piece: texts[byteIds[byte]],
        }));
      }
      if (segments[i - 1]?.id === id) return [];
      let last = i;
      while (segments[last + 1]?.id === id) last++;
      return { id, piece: decodeUtf8(normalized.subarray(start, segments[last].end)) };
    });
  }

  /** The numbers of the pieces of a text: see {@linkcode SentencePieceTokenizer.tokenize}. */
  encode(text: string): number[] {
    return this.tokenize(text).map(({ id }) => id);
  }

  /** The pieces of a text: see {@linkcode SentencePieceTokenizer.tokenize}. */
  encodePieces(text: string): string[] {
    return this.tokenize(text).map(({ piece }) => piece);
  }

  /**
   * The text of pieces, by their numbers. It is normalized text: what normalization has changed, and which characters
   * were unknown, is lost. Control pieces are left out; an unknown one is `" ⁇ "`, unless the model says otherwise.
   *
   * @param ids Numbers of pieces, from 0 to `vocabularySize - 1`.
   * @throws {ArgumentError} if there is no such piece.
   */
  decode(ids: Iterable<number | bigint>): string {
    const pieces = Array.from(ids, (id) => {
      const piece = this.#vocabulary.texts[Number(id)];
      if (piece === undefined) {
        throw new ArgumentError("ids", id, `a whole number from 0 to ${this.vocabularySize - 1}`);
      }
      return piece;
    });
    return this.decodePieces(pieces);
  }

  /**
   * The text of pieces as {@linkcode SentencePieceTokenizer.encodePieces} gives them; unknown ones keep their text.
   *
   * @param pieces Texts of pieces.
   */
  decodePieces(pieces: Iterable<string>): string {
    const { addDummyPrefix, removeExtraWhitespaces } = this.#model.normalizer;
    const vocabulary = this.#vocabulary;
    let text = "";
    let bytes: number[] = [];
    const flush = () => {
      text += decodeBytewise(Uint8Array.from(bytes));
      bytes = [];
    };
    // Whether a space at the beginning of the next piece is the one that normalization has put before the text.
    let atStart = addDummyPrefix || removeExtraWhitespaces;
    for (const piece of pieces) {
      const byte = vocabulary.byteOf(piece);
      if (byte >= 0) {
        bytes.push(byte);
        continue;
      }
      flush();
      if (text !== "") atStart = false;
      const id = vocabulary.idOf(piece);
      const type = vocabulary.types[id];
      if (type === PieceType.control) continue;
      if (id === vocabulary.unkId) {
        text += piece === vocabulary.texts[id] ? this.#model.trainer.unkSurface : piece;
        continue;
      }
      const prefixed = atStart && piece.startsWith(SPACE_MARK);
      text += (prefixed ? piece.slice(1) : piece).replaceAll(SPACE_MARK, " ");
      // One space alone was put there, unless all that were there at first have been removed.
      if (prefixed && !removeExtraWhitespaces) atStart = false;
    }
    flush();
    return this.#denormalizer ? decodeUtf8(this.#denormalizer.normalize(encodeUtf8(text))) : text;
  }
}
