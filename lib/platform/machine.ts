import type { Files, Folder } from "./files.ts";
import type { Runtime } from "./runtime.ts";

/** Compression as PNG has it (RFC 1950), in one go. */
export interface Zlib {
  /** Compresses as well as it can. */
  deflate(bytes: Uint8Array): Uint8Array;
  /**
   * Unpacks.
   *
   * @throws {Error} if the bytes are damaged, or would be more than `limit`.
   */
  inflate(bytes: Uint8Array, limit: number): Uint8Array;
}

/** An image's bytes: red, green, blue, alpha for each pixel, row by row from the top left. */
export interface Rgba {
  /** Pixels in a row. */
  readonly width: number;
  /** Number of rows. */
  readonly height: number;
  /** The bytes, `4 * width * height`. */
  readonly data: Uint8Array;
}

/** An image that does not decode; the cause is the decoder's own error. */
export class DamagedImageError extends Error {
  /** The name of the class. */
  override name = "DamagedImageError";
}

/** The formats of images that the library does not read or write by itself. */
export interface ImageCodecs {
  /**
   * Decodes a PNG, a JPEG or the first frame of a GIF as it is stored: not turned as its notes may say.
   *
   * @throws {DamagedImageError} if it is damaged.
   */
  decode(bytes: Uint8Array): Promise<Rgba>;
  /**
   * Encodes a GIF that repeats for ever.
   *
   * @param frames Images of one size, each with how long it stays, in milliseconds.
   */
  encodeGif(frames: readonly (Rgba & { readonly delay: number })[]): Promise<Uint8Array>;
}

/** All that the library needs of the machine that it runs on, beside what the web's standards have. */
export interface Machine {
  /** Whether there is a disk: else files are below URLs, and paths are relative to the page's. */
  readonly hasDisk: boolean;
  /** What computes. */
  readonly runtime: Runtime;
  /** Files by their paths as they are, relative to where the program runs. */
  readonly files: Files;
  /**
   * The files of a folder. Those below an address may be kept in a cache, where the machine has one.
   *
   * @throws {ArgumentError} if it is an address of another protocol than http and https (and file, where there is a disk).
   */
  open(folder: Folder): Files;
  /** The path of a file, for errors. */
  pathOf(path: string | URL): string;
  /**
   * Writes a file, all or nothing: whatever happens, the name holds either the former file or the whole new one.
   *
   * @param path The file; one that exists is replaced.
   * @param parts Its bytes, in parts that are pulled one by one.
   * @throws {Error} with the system's own message, if it cannot be written.
   */
  writeFile(path: string, parts: Iterable<Uint8Array>): Promise<void>;
  /**
   * The hash SHA-256, in 64 hexadecimal digits.
   *
   * @param parts The bytes, in parts, the next of which is pulled once the last is written.
   */
  sha256(parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string>;
  /** The value of a variable of the environment; undefined where it is not set, or may not be read without asking. */
  variable(name: string): string | undefined;
  /** Compression. */
  readonly zlib: Zlib;
  /** Formats of images. */
  readonly images: ImageCodecs;
}
