/**
 * Reads files on a disk: the header first, the tensors when they are asked for.
 *
 * @module
 */
import type { Tensor } from "../../tensor.ts";
import { FOREIGN_HEAD } from "../foreign_content.ts";
import { toBigIntegers, toFloats, toIntegers } from "./decode.ts";
import { pathOf, readFully, reading, type Stamp, stampOf } from "./disk.ts";
import { errorText, quote, SafetensorsError } from "./error.ts";
import { PREFIX_LENGTH, type SafetensorsHeader, type TensorEntry } from "./format.ts";
import { entryOf, headerLength, parseHeader } from "./header.ts";

/** Reads the header and the stamp of a file. */
function readHeaderAndStamp(path: string): Promise<{ header: SafetensorsHeader; stamp: Stamp }> {
  return reading(path, async (file) => {
    const stamp = await stampOf(file);
    const source = { label: path, size: stamp.size };
    const prefix = new Uint8Array(FOREIGN_HEAD);
    const length = headerLength(prefix.subarray(0, await readFully(file, prefix)), source);
    await file.seek(PREFIX_LENGTH, Deno.SeekMode.Start);
    const bytes = new Uint8Array(length);
    if (await readFully(file, bytes) < length) {
      throw new SafetensorsError(`${path}: changed while it was read`);
    }
    return { header: parseHeader(bytes, source), stamp };
  });
}

/**
 * Reads and checks the header of a file, not its tensors: their names, types and places (absolute, for use as ONNX
 * external data).
 *
 * @param path The file.
 * @throws {SafetensorsError} if the file cannot be read, or is not whole and valid.
 */
export async function readHeader(path: string | URL): Promise<SafetensorsHeader> {
  return (await readHeaderAndStamp(pathOf(path))).header;
}

/** The path without links; as it is where links may not be followed. */
async function followLinks(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return path;
    throw new SafetensorsError(`${path}: cannot be opened: ${errorText(error)}`, { cause: error });
  }
}

/**
 * A `safetensors` file on a disk. Only its header is in memory; each read opens the file, so there is nothing to close
 * and reads may run side by side.
 */
export class SafetensorsFile implements SafetensorsHeader {
  /** Where it lies, as it was named. */
  readonly path: string;
  /** Where it lies indeed, if the name is that of a link. */
  readonly realPath: string;
  /** The tensors by name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Free text by key; empty if the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly #stamp: Stamp;

  private constructor(path: string, realPath: string, header: SafetensorsHeader, stamp: Stamp) {
    this.path = path;
    this.realPath = realPath;
    this.tensors = header.tensors;
    this.metadata = header.metadata;
    this.#stamp = stamp;
  }

  /**
   * Reads and checks the header of a file.
   *
   * @throws {SafetensorsError} if the file cannot be read, or is not whole and valid.
   */
  static async open(path: string | URL): Promise<SafetensorsFile> {
    const text = pathOf(path);
    const { header, stamp } = await readHeaderAndStamp(text);
    return new SafetensorsFile(text, await followLinks(text), header, stamp);
  }

  /**
   * The bytes of a tensor.
   *
   * @throws {SafetensorsError} if there is no such tensor, or the file was changed since it was opened.
   */
  readRaw(name: string): Promise<Uint8Array> {
    return reading(this.path, async (file) => {
      const { offset, length } = entryOf(this, name, this.path);
      const { size, modified, inode } = await stampOf(file);
      const bytes = new Uint8Array(length);
      await file.seek(offset, Deno.SeekMode.Start);
      const was = this.#stamp;
      const same = size === was.size && modified === was.modified && inode === was.inode;
      if (!same || await readFully(file, bytes) < length) {
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
