import { Charsmap, type Replacement } from "./charsmap.ts";
import type { NormalizerSpec } from "./model_proto.ts";
import type { PrefixTree } from "./prefix_tree.ts";
import { characterLength, encodeUtf8 } from "./utf8.ts";

const SPACE = 0x20;
/** What stands for a space in pieces: U+2581, lower one eighth block. */
const ESCAPED_SPACE = encodeUtf8("\u2581");

/** What else a normalizer goes by. */
export interface NormalizerOptions {
  /** Whether the mark of a space stands after a word, not before it; by default before it. */
  readonly whitespaceAsSuffix?: boolean;
  /** Strings that are kept as they are: user-defined pieces. None by default. */
  readonly verbatim?: PrefixTree;
}

/** Takes an end away, as often as it is there. */
function trimEnd(bytes: number[], end: Uint8Array): void {
  while (
    bytes.length >= end.length && end.every((byte, i) => byte === bytes[bytes.length - end.length + i])
  ) {
    bytes.length -= end.length;
  }
}

/** Prepares text for being cut into pieces, as SentencePiece does. */
export class Normalizer {
  readonly #spec: NormalizerSpec;
  readonly #options: NormalizerOptions;
  readonly #charsmap: Charsmap | undefined;
  readonly #space: Uint8Array;

  /**
   * Checks the rules.
   *
   * @param spec The rules of a model.
   * @param name What to call them in errors.
   * @param options What else matters.
   * @throws {TokenizerError} if the compiled rules are damaged.
   */
  constructor(spec: NormalizerSpec, name: string, options: NormalizerOptions = {}) {
    this.#spec = spec;
    this.#options = options;
    this.#charsmap = spec.charsmap.length ? new Charsmap(spec.charsmap, `${name}: charsmap`) : undefined;
    this.#space = spec.escapeWhitespaces ? ESCAPED_SPACE : Uint8Array.of(SPACE);
  }

  /** Normalizes a text, from UTF-8 to UTF-8; empty if nothing but white space is in it. */
  normalize(input: Uint8Array): Uint8Array {
    const { addDummyPrefix, removeExtraWhitespaces } = this.#spec;
    const { whitespaceAsSuffix } = this.#options;
    let start = 0;
    while (removeExtraWhitespaces && start < input.length) {
      const { length, bytes } = this.#next(input, start);
      if (bytes.length !== 1 || bytes[0] !== SPACE) break;
      start += length;
    }
    if (start === input.length) return new Uint8Array();

    const out: number[] = [];
    if (addDummyPrefix && !whitespaceAsSuffix) out.push(...this.#space);
    let afterSpace = removeExtraWhitespaces;
    while (start < input.length) {
      const { length, bytes } = this.#next(input, start);
      // Spaces go where one has just been; those within a rule's result stay.
      let first = 0;
      while (afterSpace && bytes[first] === SPACE) first++;
      for (const byte of bytes.subarray(first)) {
        if (byte === SPACE) out.push(...this.#space);
        else out.push(byte);
      }
      if (first < bytes.length) afterSpace = removeExtraWhitespaces && bytes[bytes.length - 1] === SPACE;
      start += length;
    }
    if (removeExtraWhitespaces) trimEnd(out, this.#space);
    if (addDummyPrefix && whitespaceAsSuffix) out.push(...this.#space);
    return Uint8Array.from(out);
  }

  /** What becomes of the text at a position: a user-defined piece, the longest rule, or one character as it is. */
  #next(input: Uint8Array, start: number): Replacement {
    const verbatim = this.#options.verbatim?.longest(input, start) ?? 0;
    if (verbatim > 0) return { length: verbatim, bytes: input.subarray(start, start + verbatim) };
    const rule = this.#charsmap?.match(input, start);
    if (rule) return rule;
    const length = characterLength(input[start]);
    return { length, bytes: input.subarray(start, start + length) };
  }
}
