/** What the head of a PNG says, and the notes that may stand anywhere in it. */
import { ImageError } from "../error.ts";
import type { ImageHeader } from "./image_header.ts";
import { type Notes, orientationIn } from "../orientation.ts";
import { type PngChunk, walkChunks } from "../png_chunks.ts";
import { readText } from "../png_text.ts";

/** The keyword under which ImageMagick keeps EXIF data, in hexadecimal digits behind three lines: older than `eXIf`. */
const RAW_PROFILE = "Raw profile type exif";

/** The keyword of an XMP packet. */
const XMP = "XML:com.adobe.xmp";

/** The text of a chunk of texts, which may be packed. */
function textOf(chunk: PngChunk | undefined): string | undefined {
  try {
    return chunk && readText(chunk)[1];
  } catch (error) {
    if (error instanceof ImageError) return undefined; // a damaged text is no reason to refuse the image
    throw error;
  }
}

function fromDigits(profile: string | undefined): Uint8Array | undefined {
  const digits = profile?.split("\n").slice(3).join("").replace(/\s/g, "") ?? "";
  return /^(?:[0-9a-f]{2})+$/i.test(digits) ? Uint8Array.fromHex(digits) : undefined;
}

/** The notes, before the image's data or after them; of two the last counts. */
function notesIn(bytes: Uint8Array): Notes {
  const last: Record<string, PngChunk> = {};
  for (const { chunk } of walkChunks(bytes)) {
    if (chunk.type === "eXIf") last.eXIf = chunk;
    if (!["tEXt", "zTXt", "iTXt"].includes(chunk.type)) continue;
    // By the keyword alone, which is not packed: nothing else need be unpacked.
    const keyword = [RAW_PROFILE, XMP].find((word) =>
      chunk.data[word.length] === 0 && Array.from(word).every((c, i) => chunk.data[i] === c.charCodeAt(0))
    );
    if (keyword) last[keyword] = chunk;
  }
  return { exif: last.eXIf?.data ?? fromDigits(textOf(last[RAW_PROFILE])), xmp: textOf(last[XMP]) };
}

/**
 * A PNG's size and orientation.
 *
 * @throws {RangeError} if it ends before the size.
 */
export function pngHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  return { format: "PNG", width, height, orientation: orientationIn(notesIn(bytes)) };
}
