/** Words that go into a PNG (PNG specification, third edition, section 11.3.3). */
import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import type { PngChunk } from "./png_chunks.ts";

/** What a `tEXt` chunk may hold; anything else goes into an `iTXt` chunk, which is UTF-8. */
const PLAIN = /^[\n\x20-\x7e\xa0-\xff]*$/;
const KEYWORD = /^[\x21-\x7e\xa1-\xff]+(?: [\x21-\x7e\xa1-\xff]+)*$/;

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/**
 * The chunk that keeps one text: `tEXt` where Latin-1 has all its letters, else `iTXt`.
 *
 * @throws {ArgumentError} if the keyword is not 1 to 79 Latin-1 letters without spaces at the ends or in a row, or if the
 *   text has a zero character or half of a surrogate pair.
 */
export function textChunk(keyword: string, text: string): PngChunk {
  if (!KEYWORD.test(keyword) || keyword.length > 79) {
    throw new ArgumentError(
      "text",
      described(`keyword ${JSON.stringify(keyword)}`),
      "1 to 79 Latin-1 letters",
      { note: "single spaces between words", plural: true },
    );
  }
  if (text.includes("\0") || !text.isWellFormed()) {
    throw new ArgumentError(
      "text",
      described(`${JSON.stringify(keyword)} has a zero or half a surrogate pair`),
      "Unicode",
    );
  }
  if (PLAIN.test(text)) {
    return { type: "tEXt", data: joined(latin1(keyword), Uint8Array.of(0), latin1(text)) };
  }
  // Keyword, zero, not compressed (two bytes), language and translated keyword (both empty, zero at the end).
  const data = joined(latin1(keyword), new Uint8Array(5), new TextEncoder().encode(text));
  return { type: "iTXt", data };
}
