import { readChunks, writeChunks } from "./png_chunks.ts";
import { textChunk } from "./png_text_chunk.ts";

/**
 * A PNG with texts beside those that it has; nothing of the image changes.
 *
 * @param bytes The file.
 * @param text The texts by keyword, as in `encodePng`; {@linkcode readPngText} gives them back.
 * @returns A new file.
 * @throws {ImageError} if the bytes are no PNG or a damaged one.
 * @throws {ArgumentError} if a keyword or a text cannot be stored.
 *
 * @example
 * ```ts
 * import { encodePng, readPngText } from "@denoise/denoise/images";
 * import { zeros } from "@denoise/denoise/tensors";
 *
 * const png = withPngText(encodePng(zeros([3, 8, 8])), { Title: "gray" });
 * console.log(readPngText(png).Title); // gray
 * ```
 */
export function withPngText(bytes: Uint8Array, text: Readonly<Record<string, string>>): Uint8Array {
  const [header, ...others] = readChunks(bytes);
  const texts = Object.entries(text).map(([keyword, value]) => textChunk(keyword, value));
  return writeChunks([header, ...texts, ...others]);
}
