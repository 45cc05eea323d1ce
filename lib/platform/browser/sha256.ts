import { sha256 as algorithm } from "@noble/hashes/sha2.js";

/** A hash SHA-256 in the making. */
export interface Sha256 {
  /** Takes more bytes. */
  update(bytes: Uint8Array): void;
  /** The hash of what was taken, in hexadecimal digits. */
  hex(): string;
}

/**
 * Starts a hash of bytes to come. The standard `crypto.subtle` takes the bytes whole alone, and is missing on pages of http, such as those of a
 * classroom's server.
 */
export function startSha256(): Sha256 {
  const hash = algorithm.create();
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => hexOf(hash.digest()),
  };
}

/** The hash SHA-256 of bytes that come in parts, in hexadecimal digits; of those that come whole, where it can be, by the browser. */
export async function sha256(parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const [whole, ...more] = Array.isArray(parts) ? parts as readonly Uint8Array<ArrayBuffer>[] : [];
  if (whole && more.length === 0 && globalThis.crypto?.subtle) {
    return hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", whole)));
  }
  const hash = startSha256();
  for await (const part of parts) hash.update(part);
  return hash.hex();
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
