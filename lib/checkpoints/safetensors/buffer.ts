/**
 * Reads files that are in memory.
 *
 * @module
 */
import type { Tensor } from "../../tensor.ts";
import { toBigIntegers, toFloats, toIntegers } from "./decode.ts";
import { PREFIX_LENGTH, type SafetensorsHeader, type TensorEntry } from "./format.ts";
import { entryOf, headerLength, parseHeader } from "./header.ts";

/** The contents of a `safetensors` file in memory, from {@linkcode parseSafetensors}. */
export class SafetensorsBuffer implements SafetensorsHeader {
  /** The tensors by name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Free text by key; empty if there is none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What it is called in errors. */
  readonly label: string;
  readonly #bytes: Uint8Array;

  /**
   * Checks the header.
   *
   * @param bytes The whole file; kept, not copied.
   * @param label What to call it in errors.
   * @throws {SafetensorsError} if the bytes are no whole and valid file.
   */
  constructor(bytes: Uint8Array, label: string = "safetensors") {
    const source = { label, size: bytes.length };
    const length = headerLength(bytes, source);
    const header = parseHeader(bytes.subarray(PREFIX_LENGTH, PREFIX_LENGTH + length), source);
    this.tensors = header.tensors;
    this.metadata = header.metadata;
    this.label = label;
    this.#bytes = bytes;
  }

  /**
   * The bytes of a tensor: a view into the file's.
   *
   * @throws {SafetensorsError} if there is no such tensor.
   */
  readRaw(name: string): Uint8Array {
    const { offset, length } = entryOf(this, name, this.label);
    return this.#bytes.subarray(offset, offset + length);
  }

  /**
   * A floating-point tensor as float32, copied. F64 is rounded; F16 and BF16 are exact.
   *
   * @throws {SafetensorsError} if there is no such tensor, or it holds integers.
   */
  read(name: string): Tensor {
    return toFloats(this.readRaw(name).slice(), entryOf(this, name, this.label), this.label);
  }

  /**
   * An integer or boolean tensor as int32, copied.
   *
   * @throws {SafetensorsError} if there is no such tensor, it holds fractions, or an element is beyond 32 bits.
   */
  readIntegers(name: string): Tensor<Int32Array> {
    return toIntegers(this.readRaw(name), entryOf(this, name, this.label), this.label);
  }

  /**
   * An I64 tensor, copied.
   *
   * @throws {SafetensorsError} if there is no such tensor, or it is not I64.
   */
  readBigIntegers(name: string): Tensor<BigInt64Array> {
    return toBigIntegers(this.readRaw(name).slice(), entryOf(this, name, this.label), this.label);
  }
}

/**
 * Reads a `safetensors` file that is in memory.
 *
 * @param bytes The whole file; kept, not copied.
 * @param label What to call it in errors.
 * @throws {SafetensorsError} if the bytes are no whole and valid file.
 */
export function parseSafetensors(bytes: Uint8Array, label?: string): SafetensorsBuffer {
  return new SafetensorsBuffer(bytes, label);
}
