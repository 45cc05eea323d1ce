/** Words in a PNG: how an image keeps its prompt and settings (PNG specification, section 11.3.3). */
import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import { machine } from "../platform/mod.ts";
import { ImageError } from "./error.ts";
import { type PngChunk, readChunks } from "./png_chunks.ts";

/** A compressed text may grow to this: a small file must not fill the memory. */
const MAX_TEXT_BYTES = 1 << 24;

/** What a `tEXt` chunk may hold; anything else goes into an `iTXt` chunk, which is UTF-8. */
const PLAIN = /^[\n\x20-\x7e\xa0-\xff]*$/;
const KEYWORD = /^[\x21-\x7e\xa1-\xff]+(?: [\x21-\x7e\xa1-\xff]+)*$/;

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function fromLatin1(bytes: Uint8Array): string {
  let text = "";
  // Not TextDecoder: what it calls latin1 is windows-1252. In parts, for a call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text;
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

function inflate(data: Uint8Array, keyword: string): Uint8Array {
  try {
    return machine.zlib.inflate(data, MAX_TEXT_BYTES);
  } catch (cause) {
    throw new ImageError(`PNG text ${JSON.stringify(keyword)} does not unpack`, "a zlib stream", { cause });
  }
}

/**
 * Reads the text of one `tEXt`, `zTXt` or `iTXt` chunk.
 *
 * @throws {ImageError} if the chunk is damaged.
 */
export function readText({ type, data }: PngChunk): [keyword: string, text: string] {
  let at = 0;
  const field = (): Uint8Array => {
    const end = data.indexOf(0, at);
    if (end < 0) {
      throw new ImageError(`PNG chunk ${type} has no end of a field`, "a zero");
    }
    const bytes = data.subarray(at, end);
    at = end + 1;
    return bytes;
  };
  const keyword = fromLatin1(field());
  if (type === "tEXt") return [keyword, fromLatin1(data.subarray(at))];
  if (type === "zTXt") return [keyword, fromLatin1(inflate(data.subarray(at + 1), keyword))];
  const compressed = data[at] === 1;
  at += 2;
  field(); // language
  field(); // translated keyword
  const rest = data.subarray(at);
  return [keyword, new TextDecoder().decode(compressed ? inflate(rest, keyword) : rest)];
}

/**
 * Reads the texts of a PNG by keyword: `tEXt`, `zTXt` and `iTXt` chunks. Of two with one keyword the last wins.
 *
 * @throws {ImageError} if the bytes are no PNG or a damaged one.
 */
export function readPngText(bytes: Uint8Array): Record<string, string> {
  const texts: [string, string][] = [];
  for (const chunk of readChunks(bytes)) {
    if (chunk.type === "tEXt" || chunk.type === "zTXt" || chunk.type === "iTXt") texts.push(readText(chunk));
  }
  return Object.fromEntries(texts);
}
