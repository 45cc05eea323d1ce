/** The text in a file that a user wrote: in UTF-8, or in UTF-16 as its mark says. */
import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import { characterLength, decodeStrictly } from "./utf8.ts";

/** Bytes that are no text. Its argument is `bytes`; what was found is the first of them that stands in none. */
export class EncodingError extends ArgumentError {
  /** The name of the class. */
  override name = "EncodingError";

  /**
   * Says what stands there, and that it is no text.
   *
   * @param byte What stands there; undefined where the file ends within a character.
   * @param at Its place in the file, from 0.
   */
  constructor(byte: number | undefined, readonly at: number) {
    const found = byte === undefined ? "the end" : `0x${byte.toString(16).padStart(2, "0")}`;
    const expected = "text in UTF-8, or in UTF-16 that begins with its byte order mark";
    super("bytes", described(`${found} at byte ${at}`), expected);
  }
}

function fromUtf8(bytes: Uint8Array, start: number): string {
  const text = decodeStrictly(bytes.subarray(start));
  if (text !== undefined) return text;
  let at = start;
  for (let length = 0;; at += length) {
    length = characterLength(bytes[at]);
    if (decodeStrictly(bytes.subarray(at, at + length)) === undefined) break;
  }
  throw new EncodingError(bytes[at], at);
}

function fromUtf16(bytes: Uint8Array, little: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const units: string[] = [];
  for (let at = 2; at < bytes.length; at += 2) {
    if (at + 1 === bytes.length) throw new EncodingError(undefined, bytes.length);
    units.push(String.fromCharCode(view.getUint16(at, little)));
  }
  const text = units.join("");
  if (text.isWellFormed()) return text;
  const half = [...text].reduce(
    ({ at, found }, character) =>
      found || !character.isWellFormed() ? { at, found: true } : { at: at + 2 * character.length, found },
    { at: 2, found: false },
  );
  throw new EncodingError(bytes[half.at], half.at);
}

/**
 * Decodes a text: UTF-8 with or without its byte order mark, UTF-16 in either order with it. The mark is no part of the text.
 *
 * @throws {EncodingError} if the bytes are none of these, or there is a zero character, as in UTF-16 without its mark.
 */
export function decodeUserText(bytes: Uint8Array): string {
  const starts = (...mark: number[]) => mark.every((byte, i) => bytes[i] === byte);
  const little = starts(0xff, 0xfe);
  const wide = little || starts(0xfe, 0xff);
  const start = starts(0xef, 0xbb, 0xbf) ? 3 : 0;
  const text = wide ? fromUtf16(bytes, little) : fromUtf8(bytes, start);
  const zero = text.indexOf("\0");
  if (zero === -1) return text;
  const at = wide ? 2 + 2 * zero : bytes.indexOf(0);
  throw new EncodingError(0, at);
}
