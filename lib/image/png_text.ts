/** Words in a PNG: how an image keeps its prompt and settings (PNG specification, section 11.3.3). */
import { machine } from "../platform/mod.ts";
import { ImageError } from "./error.ts";
import { type PngChunk, readChunks } from "./png_chunks.ts";

/** A compressed text may grow to this: a small file must not fill the memory. */
const MAX_TEXT_BYTES = 1 << 24;

function fromLatin1(bytes: Uint8Array): string {
  let text = "";
  // Not TextDecoder: what it calls latin1 is windows-1252. In parts, for a call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text;
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
