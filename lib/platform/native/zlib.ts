import { deflateSync, inflateSync } from "node:zlib";
import type { Zlib } from "../machine.ts";

/** Node's zlib. */
export const zlib: Zlib = {
  deflate: (bytes) => deflateSync(bytes, { level: 9 }),
  inflate: (bytes, limit) => inflateSync(bytes, { maxOutputLength: limit }),
};
