import type { Digest } from "./digest.ts";

/** A file of a repository at one commit, as the hub lists it. */
export interface RemoteFile {
  /** Its path in the repository, with slashes. */
  readonly path: string;
  /** Its bytes. */
  readonly size: number;
  /** What its content must hash to; the value is the blob's name in the shared cache too. */
  readonly digest: Digest;
}
