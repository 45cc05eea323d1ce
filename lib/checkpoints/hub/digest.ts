import { createHash, type Hash } from "node:crypto";

/** How a file's content is known in advance. */
export interface Digest {
  /** `sha256` of the content for large files; for the others `git`: SHA-1 of the content behind git's header for it. */
  readonly algorithm: "sha256" | "git";
  /** The expected value, in hexadecimal digits. */
  readonly hex: string;
}

/** Starts hashing a file of some size. */
export function startHash({ algorithm }: Digest, size: number): Hash {
  return algorithm === "sha256" ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}
