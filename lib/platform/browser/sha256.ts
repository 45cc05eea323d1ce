import { sha256 as algorithm } from "@noble/hashes/sha2.js";

/** A hash SHA-256 in the making. */
export interface Sha256 {
  /** Takes more bytes. */
  update(bytes: Uint8Array): void;
  /** The hash of what was taken, in hexadecimal digits. */
  hex(): string;
}

/**
 * Starts a hash. The standard `crypto.subtle` takes the bytes whole alone, and is missing on pages of http, such as those of a
 * classroom's server.
 */
export function startSha256(): Sha256 {
  const hash = algorithm.create();
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => [...hash.digest()].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
}

/** The hash SHA-256 of bytes that come in parts, in hexadecimal digits. */
export async function sha256(parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const hash = startSha256();
  for await (const part of parts) hash.update(part);
  return hash.hex();
}
