/**
 * Reads files: the header first, the tensors when they are asked for.
 *
 * @module
 */
import { type DiskPlace, FileError, type Files, machine, type OpenFile } from "../../platform/mod.ts";
import type { Tensor } from "../../tensor.ts";
import { FOREIGN_HEAD } from "../foreign_content.ts";
import { toBigIntegers, toFloats, toIntegers } from "./decode.ts";
import { quote, SafetensorsError } from "./error.ts";
import { PREFIX_LENGTH, type SafetensorsHeader, type TensorEntry } from "./format.ts";
import { entryOf, headerLength, parseHeader } from "./header.ts";

/** Does something with a file, whose failures are reported as those of weights. */
async function reading<T>(path: string, files: Files, read: (file: OpenFile) => Promise<T>): Promise<T> {
  let opened = false;
  try {
    using file = await files.open(path);
    opened = true;
    return await read(file);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const what = opened ? "read" : "opened";
    throw new SafetensorsError(`${error.path}: cannot be ${what}: ${error.detail}`, { cause: error.cause });
  }
}

/** Reads the header of a file, and what tells whether it is changed. */
function readHeaderAndVersion(
  path: string,
  files: Files,
): Promise<{ header: SafetensorsHeader; size: number; version: string }> {
  return reading(path, files, async (file) => {
    const source = { label: files.pathOf(path), size: file.size };
    const length = headerLength(await file.read(0, FOREIGN_HEAD), source);
    const bytes = await file.read(PREFIX_LENGTH, length);
    if (bytes.length < length) throw new SafetensorsError(`${source.label}: changed while it was read`);
    return { header: parseHeader(bytes, source), size: file.size, version: file.version };
  });
}

/** A file's path among its files: a URL of a file is that of a path on the disk. */
function nameOf(path: string | URL): string {
  return typeof path === "string" ? path : machine.pathOf(path);
}

/** Where a file lies on a disk. */
async function placeOf(path: string, files: Files): Promise<DiskPlace | undefined> {
  try {
    return await files.place(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new SafetensorsError(`${error.path}: cannot be opened: ${error.detail}`, { cause: error.cause });
  }
}

/**
 * Reads and checks the header of a file, not its tensors: their names, types and places (absolute, for use as ONNX
 * external data).
 *
 * @param path The file.
 * @param files What the path is one of; defaults to those of the disk.
 * @throws {SafetensorsError} if the file cannot be read, or is not whole and valid.
 */
export async function readHeader(
  path: string | URL,
  files: Files = machine.files,
): Promise<SafetensorsHeader> {
  return (await readHeaderAndVersion(nameOf(path), files)).header;
}

/**
 * A `safetensors` file, on a disk or elsewhere. Only its header is in memory; each read opens the file, so there is nothing to close
 * and reads may run side by side.
 */
export class SafetensorsFile implements SafetensorsHeader {
  /** What it was opened by: its path in the files that it is one of. */
  readonly name: string;
  /** Where it lies, for errors. */
  readonly path: string;
  /** Its bytes. */
  readonly size: number;
  /** Where it lies on a disk, without links; undefined if it lies on none. */
  readonly place: DiskPlace | undefined;
  /** The tensors by name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Free text by key; empty if the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly #files: Files;
  readonly #version: string;

  private constructor(
    name: string,
    files: Files,
    { header, size, version, place }: {
      readonly header: SafetensorsHeader;
      readonly size: number;
      readonly version: string;
      readonly place: DiskPlace | undefined;
    },
  ) {
    this.name = name;
    this.path = files.pathOf(name);
    this.size = size;
    this.place = place;
    this.tensors = header.tensors;
    this.metadata = header.metadata;
    this.#files = files;
    this.#version = version;
  }

  /** Where it lies indeed, if the name is that of a link. */
  get realPath(): string {
    return this.place?.path ?? this.path;
  }

  /**
   * Reads and checks the header of a file.
   *
   * @param path The file.
   * @param files What the path is one of; defaults to those of the disk.
   * @throws {SafetensorsError} if the file cannot be read, or is not whole and valid.
   */
  static async open(path: string | URL, files: Files = machine.files): Promise<SafetensorsFile> {
    const name = nameOf(path);
    const read = await readHeaderAndVersion(name, files);
    return new SafetensorsFile(name, files, { ...read, place: await placeOf(name, files) });
  }

  /**
   * All bytes of the file, its header included.
   *
   * @throws {SafetensorsError} if it cannot be read, or was changed since it was opened.
   */
  readAll(): Promise<Uint8Array<ArrayBuffer>> {
    return reading(this.name, this.#files, async (file) => {
      const bytes = await file.read(0, this.size);
      if (file.version !== this.#version || bytes.length < this.size) {
        throw new SafetensorsError(`${this.path}: the file was changed since it was opened`);
      }
      return bytes;
    });
  }

  /**
   * The bytes of a tensor.
   *
   * @throws {SafetensorsError} if there is no such tensor, or the file was changed since it was opened.
   */
  readRaw(name: string): Promise<Uint8Array> {
    return reading(this.name, this.#files, async (file) => {
      const { offset, length } = entryOf(this, name, this.path);
      const bytes = file.version === this.#version ? await file.read(offset, length) : undefined;
      if (bytes === undefined || bytes.length < length) {
        throw new SafetensorsError(
          `${this.path}: tensor ${quote(name)}: the file was changed since it was opened`,
        );
      }
      return bytes;
    });
  }

  /**
   * A floating-point tensor as float32. F64 is rounded; F16 and BF16 are exact.
   *
   * @throws {SafetensorsError} as `readRaw`, and if the tensor holds integers.
   */
  async read(name: string): Promise<Tensor> {
    return toFloats(await this.readRaw(name), entryOf(this, name, this.path), this.path);
  }

  /**
   * An integer or boolean tensor as int32.
   *
   * @throws {SafetensorsError} as `readRaw`, and if the tensor holds fractions or an element is beyond 32 bits.
   */
  async readIntegers(name: string): Promise<Tensor<Int32Array>> {
    return toIntegers(await this.readRaw(name), entryOf(this, name, this.path), this.path);
  }

  /**
   * An I64 tensor.
   *
   * @throws {SafetensorsError} as `readRaw`, and if the tensor is not I64.
   */
  async readBigIntegers(name: string): Promise<Tensor<BigInt64Array>> {
    return toBigIntegers(await this.readRaw(name), entryOf(this, name, this.path), this.path);
  }
}
