import { createHash } from "node:crypto";

/** The hash SHA-256 of bytes that come in parts, in hexadecimal digits: the standard `crypto.subtle` takes them whole alone. */
export async function sha256(parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of parts) hash.update(part);
  return hash.digest("hex");
}
