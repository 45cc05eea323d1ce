import { Unzlib, zlibSync } from "fflate";
import type { Zlib } from "../machine.ts";

/** The library fflate: a browser's own `CompressionStream` gives nothing at once. */
export const zlib: Zlib = { deflate: (bytes) => zlibSync(bytes, { level: 9 }), inflate };

function inflate(bytes: Uint8Array, limit: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  const stream = new Unzlib((part, final) => {
    ended = final;
    if ((size += part.length) > limit) throw new Error(`more than ${limit} bytes`);
    parts.push(part);
  });
  // In small pieces, so that no more than a piece is unpacked beyond the limit.
  for (let at = 0; at < bytes.length; at += 1024) {
    stream.push(bytes.subarray(at, at + 1024), at + 1024 >= bytes.length);
  }
  if (!ended) throw new Error("unexpected end of the data");
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
