/**
 * Reads and writes `safetensors` files: named tensors behind a JSON header, nothing to execute.
 *
 * A file is eight bytes with the header's length (little-endian), the header, and the tensors' bytes (row-major,
 * little-endian as every machine that Deno runs on). See https://github.com/huggingface/safetensors. A header is held
 * to the rules of the reference implementation there, and to two that only the format's text has (it begins with a brace,
 * no key is given twice), so that what opens here is whole, and every tensor's place in the file
 * may be handed to ONNX Runtime as external data without reading it.
 *
 * @example
 * ```ts
 * import { SafetensorsFile, writeSafetensors } from "@denoise/denoise";
 *
 * const path = `${await Deno.makeTempDir()}/weights.safetensors`;
 * await writeSafetensors(path, {
 *   "linear.weight": { data: new Float32Array([1, 2, 3, 4]), shape: [2, 2] },
 * }, { dtype: "F16", metadata: { format: "pt" } });
 *
 * const file = await SafetensorsFile.open(path);
 * const weight = await file.read("linear.weight");
 * ```
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Tensor, TensorData } from "../tensor.ts";
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from "./half.ts";

/** The element types that are supported. */
export type Dtype = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "I16" | "I8" | "U8" | "BOOL";

/** The element types that hold fractions. */
export type FloatDtype = "F64" | "F32" | "F16" | "BF16";

/** Bytes of an element, in the order in which tensors are written (the reference implementation's). */
const DTYPE_SIZES: ReadonlyMap<Dtype, number> = new Map<Dtype, number>([
  ["I64", 8],
  ["F64", 8],
  ["F32", 4],
  ["I32", 4],
  ["BF16", 2],
  ["F16", 2],
  ["I16", 2],
  ["I8", 1],
  ["U8", 1],
  ["BOOL", 1],
]);

/** The reference implementation's limit, against headers made to exhaust the memory. */
const MAX_HEADER_LENGTH = 100_000_000;

/** Bytes in which the length of the header is written. */
const PREFIX_LENGTH = 8;

/** A tensor's name, type and place. */
export interface TensorEntry {
  /** Its name, unique in the file. */
  readonly name: string;
  /** Its element type. */
  readonly dtype: Dtype;
  /** The size of each axis, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /** Where its bytes begin, counted from the start of the file. */
  readonly offset: number;
  /** How many bytes it has. */
  readonly length: number;
}

/** What the header of a file says. */
export interface SafetensorsHeader {
  /** The tensors by name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Free text by key; empty if the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * A tensor to be written with a type of its own. F16 and BF16 are given as bits (`Uint16Array`) or as float32, which is
 * rounded to nearest, ties to even; F64 as float64 or float32; BOOL as 0 and 1; every other type as the array of its name.
 */
export interface TypedTensor {
  /** The type it is stored as. */
  readonly dtype: Dtype;
  /** The size of each axis. */
  readonly shape: readonly number[];
  /** Its elements, as many as the product of the shape. */
  readonly data: TensorData | Int16Array | Int8Array;
}

/** How tensors are written. */
export interface WriteOptions {
  /** What float32 tensors that name no type are stored as. Default: F32. */
  readonly dtype?: FloatDtype;
  /** Free text by key, for the header. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Something is wrong with a `safetensors` file or with what should become one. The message is one line that names the
 * file, the tensor where there is one, what was found and what was expected.
 */
export class SafetensorsError extends Error {
  /** The name of the class. */
  override name = "SafetensorsError";

  /**
   * Makes an error; line breaks and control characters in the message become spaces.
   *
   * @param message What is wrong.
   * @param options The cause, where another error led to this one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(/[\p{Cc}\u2028\u2029]+/gu, " "), options);
  }
}

/** What the checks need to know of a file, in memory or on a disk. */
interface Source {
  /** What to call it in errors. */
  readonly label: string;
  /** All its bytes. */
  readonly size: number;
}

// ---------------------------------------------------------------------------------------------------------- header

/** A name as it may appear in an error: quoted, and not longer than a line can bear. */
function quote(name: string): string {
  return JSON.stringify(name.length > 200 ? name.slice(0, 200) + "…" : name);
}

/** Any JSON value as it may appear in an error. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 100 ? text.slice(0, 100) + "…" : text;
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The header's length from the first bytes of a file, checked against the limit and the size of the file. */
function headerLength(prefix: Uint8Array, { label, size }: Source): number {
  if (prefix.length < PREFIX_LENGTH) {
    throw new SafetensorsError(`${label}: ${size} bytes where at least ${PREFIX_LENGTH} are expected`);
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_LENGTH)) {
    throw new SafetensorsError(
      `${label}: a header of ${length} bytes where at most ${MAX_HEADER_LENGTH} are allowed`,
    );
  }
  if (PREFIX_LENGTH + Number(length) > size) {
    throw new SafetensorsError(
      `${label}: the file ends at byte ${size}, within its header of ${length} bytes; it is truncated`,
    );
  }
  return Number(length);
}

/** Levels that brackets and braces may be nested; the reference implementation's limit. */
const MAX_DEPTH = 128;

/**
 * Refuses what `JSON.parse` lets pass and the format does not: a key given twice (the last one would win), numbers with a
 * sign, a fraction or an exponent, and deep nesting. A scan by hand, since regular expressions run out of stack on
 * hostile headers; whether the text is JSON at all is left to `JSON.parse`.
 */
function scanHeader(text: string, label: string): void {
  const open: (Set<string> | null)[] = []; // for each open brace its keys so far, for each open bracket null
  let tensor = ""; // the latest key of the outermost object
  let string = ""; // the latest string, with its quotes
  for (let i = 0; i < text.length; i++) {
    const start = i;
    const character = text[i];
    if (character === "{" || character === "[") {
      open.push(character === "{" ? new Set() : null);
      if (open.length > MAX_DEPTH) {
        throw new SafetensorsError(`${label}: the header is nested more than ${MAX_DEPTH} levels deep`);
      }
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === '"') {
      do i = text.indexOf('"', i + 1); while (i >= 0 && isEscaped(text, i));
      if (i < 0) return;
      string = text.slice(start, i + 1);
    } else if (character === ":") {
      const keys = open.at(-1);
      if (!keys) return;
      const key = JSON.parse(string) as string;
      if (open.length === 1) tensor = key;
      if (keys.has(key)) {
        throw new SafetensorsError(
          open.length === 1
            ? `${label}: tensor ${quote(key)} is named twice`
            : `${label}: tensor ${quote(tensor)} has two entries ${quote(key)}`,
        );
      }
      keys.add(key);
    } else if (character === "-" || character >= "0" && character <= "9") {
      while (i + 1 < text.length && "0123456789.eE+-".includes(text[i + 1])) i++;
      const number = text.slice(start, i + 1);
      if (character === "-" || /[.eE]/.test(number)) {
        const shown = number.length > 100 ? number.slice(0, 100) + "…" : number;
        throw new SafetensorsError(
          `${label}: tensor ${quote(tensor)}: ${shown} where a whole number is expected, in digits alone`,
        );
      }
    }
  }
}

/** Whether an odd number of backslashes precedes a place. */
function isEscaped(text: string, at: number): boolean {
  let i = at;
  while (text[i - 1] === "\\") i--;
  return (at - i) % 2 === 1;
}

/** The bytes of an element, or undefined for a type that is none of ours. */
function dtypeSize(dtype: unknown): number | undefined {
  return DTYPE_SIZES.get(dtype as Dtype);
}

/** Checks one entry by itself. `base` is where the tensors' bytes begin in the file. */
function parseEntry(name: string, info: unknown, base: number, label: string): TensorEntry {
  const where = `${label}: tensor ${quote(name)}`;
  if (typeof info !== "object" || info === null || Array.isArray(info)) {
    throw new SafetensorsError(`${where}: ${show(info)} where an object is expected`);
  }
  const { dtype, shape, data_offsets: offsets } = info as Record<string, unknown>;
  const size = dtypeSize(dtype);
  if (size === undefined) {
    throw new SafetensorsError(
      `${where}: dtype ${show(dtype)} where one of ${[...DTYPE_SIZES.keys()].join(", ")} is expected`,
    );
  }
  const isSize = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw new SafetensorsError(`${where}: shape ${show(shape)} where a list of whole numbers is expected`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize) || offsets[0] > offsets[1]) {
    throw new SafetensorsError(
      `${where}: data_offsets ${show(offsets)} where two whole numbers, begin and end, are expected`,
    );
  }
  let elements = 1;
  for (const n of shape as number[]) {
    elements *= n;
    if (!Number.isSafeInteger(elements * size)) {
      throw new SafetensorsError(
        `${where}: shape ${show(shape)} of ${dtype} has more bytes than can be counted`,
      );
    }
  }
  const [begin, end] = offsets as [number, number];
  if (elements * size !== end - begin) {
    throw new SafetensorsError(
      `${where}: ${end - begin} bytes where ${elements * size} are expected for shape ${
        show(shape)
      } of ${dtype}`,
    );
  }
  return { name, dtype: dtype as Dtype, shape, offset: base + begin, length: end - begin };
}

/** Checks that the tensors' bytes follow each other without holes or overlaps, from `base` to the end of the file. */
function checkLayout(entries: readonly TensorEntry[], base: number, { label, size }: Source): void {
  let at = base;
  let before = "the header";
  for (const { name, offset, length } of entries) {
    if (offset !== at) {
      const what = offset < at ? "overlaps" : `leaves a hole of ${offset - at} bytes after`;
      throw new SafetensorsError(
        `${label}: tensor ${quote(name)} ${what} ${before}: it begins at data byte ${offset - base} where ` +
          `${at - base} is expected`,
      );
    }
    at += length;
    before = `tensor ${quote(name)}`;
  }
  if (at !== size) {
    throw new SafetensorsError(
      `${label}: ${size} bytes where ${at} are expected; ` +
        (size < at ? `it is truncated, ${before} is not whole` : `${size - at} bytes follow ${before}`),
    );
  }
}

/** Parses and checks the JSON text of a header. */
function parseHeader(bytes: Uint8Array, source: Source): SafetensorsHeader {
  const { label } = source;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SafetensorsError(`${label}: the header is not valid UTF-8`, { cause });
  }
  if (!text.startsWith("{")) {
    throw new SafetensorsError(
      `${label}: the header begins with ${show(text.slice(0, 1))} where "{" is expected`,
    );
  }
  let json: Record<string, unknown>;
  try {
    scanHeader(text, label);
    json = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SafetensorsError) throw cause;
    throw new SafetensorsError(`${label}: the header is not valid JSON: ${errorText(cause)}`, { cause });
  }

  const base = PREFIX_LENGTH + bytes.length;
  const metadata: [string, string][] = [];
  const entries: TensorEntry[] = [];
  for (const [name, info] of Object.entries(json)) {
    if (name !== "__metadata__") {
      if (!name.isWellFormed()) {
        throw new SafetensorsError(`${label}: tensor ${quote(name)}: the name is not Unicode`);
      }
      entries.push(parseEntry(name, info, base, label));
      continue;
    }
    if (typeof info !== "object" || info === null || Array.isArray(info)) {
      throw new SafetensorsError(`${label}: __metadata__: ${show(info)} where an object is expected`);
    }
    for (const [key, value] of Object.entries(info)) {
      if (typeof value !== "string") {
        throw new SafetensorsError(
          `${label}: __metadata__: ${quote(key)} is ${show(value)} where a string is expected`,
        );
      }
      metadata.push([key, value]);
    }
  }
  // Empty tensors share their offset with the next one, so the end decides among equals.
  entries.sort((a, b) => a.offset - b.offset || a.length - b.length);
  checkLayout(entries, base, source);
  return {
    tensors: new Map(entries.map((entry) => [entry.name, entry])),
    metadata: Object.fromEntries(metadata),
  };
}

// --------------------------------------------------------------------------------------------------------- reading

/** The entry of a name. */
function entryOf({ tensors }: SafetensorsHeader, name: string, label: string): TensorEntry {
  const entry = tensors.get(name);
  if (!entry) throw new SafetensorsError(`${label}: no tensor ${quote(name)} among its ${tensors.size}`);
  return entry;
}

/** Bytes that begin where a typed array may. */
function aligned(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : bytes.slice();
}

/** The elements as the array of their type; F16 and BF16 as bits. */
function typedArray(bytes: Uint8Array, dtype: Dtype): TensorData | Int16Array | Int8Array {
  const size = dtypeSize(dtype)!;
  const { buffer, byteOffset, length } = aligned(bytes, size);
  const n = length / size;
  switch (dtype) {
    case "F64":
      return new Float64Array(buffer, byteOffset, n);
    case "F32":
      return new Float32Array(buffer, byteOffset, n);
    case "F16":
    case "BF16":
      return new Uint16Array(buffer, byteOffset, n);
    case "I64":
      return new BigInt64Array(buffer, byteOffset, n);
    case "I32":
      return new Int32Array(buffer, byteOffset, n);
    case "I16":
      return new Int16Array(buffer, byteOffset, n);
    case "I8":
      return new Int8Array(buffer, byteOffset, n);
    case "U8":
    case "BOOL":
      return new Uint8Array(buffer, byteOffset, n);
  }
}

/** A floating-point tensor as float32. `bytes` becomes part of the result where it can. */
function toFloats(bytes: Uint8Array, { name, dtype, shape }: TensorEntry, label: string): Tensor {
  const data = typedArray(bytes, dtype);
  switch (dtype) {
    case "F32":
      return { data: data as Float32Array, shape };
    case "F64":
      return { data: Float32Array.from(data as Float64Array), shape };
    case "F16":
      return { data: float16ToFloat32(data as Uint16Array), shape };
    case "BF16":
      return { data: bfloat16ToFloat32(data as Uint16Array), shape };
    default:
      throw new SafetensorsError(
        `${label}: tensor ${
          quote(name)
        } is ${dtype} where F64, F32, F16 or BF16 is expected; see readIntegers`,
      );
  }
}

/** An integer tensor as int32. */
function toIntegers(bytes: Uint8Array, entry: TensorEntry, label: string): Tensor<Int32Array> {
  const { name, dtype, shape } = entry;
  switch (dtype) {
    case "I64": {
      const wide = typedArray(bytes, dtype) as BigInt64Array;
      const data = new Int32Array(wide.length);
      for (let i = 0; i < wide.length; i++) {
        data[i] = Number(wide[i]);
        if (BigInt(data[i]) !== wide[i]) {
          throw new SafetensorsError(
            `${label}: tensor ${quote(name)}: ${wide[i]} at ${i} is beyond 32 bits; see readBigIntegers`,
          );
        }
      }
      return { data, shape };
    }
    case "I32":
    case "I16":
    case "I8":
    case "U8":
    case "BOOL":
      return { data: Int32Array.from(typedArray(bytes, dtype) as Int32Array), shape };
    default:
      throw new SafetensorsError(
        `${label}: tensor ${
          quote(name)
        } is ${dtype} where I64, I32, I16, I8, U8 or BOOL is expected; see read`,
      );
  }
}

/** A 64-bit integer tensor. */
function toBigIntegers(bytes: Uint8Array, entry: TensorEntry, label: string): Tensor<BigInt64Array> {
  const { name, dtype, shape } = entry;
  if (dtype !== "I64") {
    throw new SafetensorsError(`${label}: tensor ${quote(name)} is ${dtype} where I64 is expected`);
  }
  return { data: typedArray(bytes, dtype) as BigInt64Array, shape };
}

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

/** A path as text, for errors and temporary names. */
function pathOf(path: string | URL): string {
  return typeof path === "string" ? path : fileURLToPath(path);
}

/** Fills an array from a file, from where the file stands; returns how many bytes there were. */
async function readFully(file: Deno.FsFile, out: Uint8Array): Promise<number> {
  let at = 0;
  while (at < out.length) {
    const n = await file.read(out.subarray(at));
    if (n === null) break;
    at += n;
  }
  return at;
}

/** What tells whether a file is still the one whose header was read. */
interface Stamp {
  readonly size: number;
  readonly modified: number | undefined;
  readonly inode: number | null;
}

async function stampOf(file: Deno.FsFile): Promise<Stamp> {
  const { size, mtime, ino } = await file.stat();
  return { size, modified: mtime?.getTime(), inode: ino };
}

/** Opens a file, or says why it cannot. */
async function openFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (cause) {
    throw new SafetensorsError(`${path}: cannot be opened: ${errorText(cause)}`, { cause });
  }
}

/** Does something with a file whose failures should name it. */
async function reading<T>(path: string, read: (file: Deno.FsFile) => Promise<T>): Promise<T> {
  using file = await openFile(path);
  try {
    return await read(file);
  } catch (cause) {
    if (cause instanceof SafetensorsError) throw cause;
    throw new SafetensorsError(`${path}: cannot be read: ${errorText(cause)}`, { cause });
  }
}

/** Reads the header and the stamp of a file. */
function readHeaderAndStamp(path: string): Promise<{ header: SafetensorsHeader; stamp: Stamp }> {
  return reading(path, async (file) => {
    const stamp = await stampOf(file);
    const source = { label: path, size: stamp.size };
    const prefix = new Uint8Array(PREFIX_LENGTH);
    const length = headerLength(prefix.subarray(0, await readFully(file, prefix)), source);
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

/**
 * A `safetensors` file on a disk. Only its header is in memory; each read opens the file, so there is nothing to close
 * and reads may run side by side.
 */
export class SafetensorsFile implements SafetensorsHeader {
  /** Where it lies. */
  readonly path: string;
  /** The tensors by name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Free text by key; empty if the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly #stamp: Stamp;

  private constructor(path: string, header: SafetensorsHeader, stamp: Stamp) {
    this.path = path;
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
    return new SafetensorsFile(text, header, stamp);
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

// --------------------------------------------------------------------------------------------------------- writing

/** A tensor that is ready to be written; its bytes are converted when they are needed, one tensor at a time. */
interface Part {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly length: number;
  readonly bytes: () => Uint8Array;
}

/** The arrays that each type is given as. */
function accepts(dtype: Dtype, data: TypedTensor["data"]): boolean {
  switch (dtype) {
    case "F64":
      return data instanceof Float64Array || data instanceof Float32Array;
    case "F32":
      return data instanceof Float32Array;
    case "F16":
    case "BF16":
      return data instanceof Uint16Array || data instanceof Float32Array;
    case "I64":
      return data instanceof BigInt64Array;
    case "I32":
      return data instanceof Int32Array;
    case "I16":
      return data instanceof Int16Array;
    case "I8":
      return data instanceof Int8Array;
    case "U8":
      return data instanceof Uint8Array;
    case "BOOL":
      return data instanceof Uint8Array && data.every((value) => value <= 1);
    default:
      return false;
  }
}

/** The type of a tensor that names none. */
function defaultDtype(data: TypedTensor["data"], floats: Dtype): Dtype | undefined {
  if (data instanceof Float32Array) return floats;
  if (data instanceof Float64Array) return "F64";
  if (data instanceof BigInt64Array) return "I64";
  if (data instanceof Int32Array) return "I32";
  if (data instanceof Int16Array) return "I16";
  if (data instanceof Int8Array) return "I8";
  if (data instanceof Uint8Array) return "U8";
  return undefined; // 16 bits may be either half
}

/** The stored bytes of elements. */
function bytesOf(data: TypedTensor["data"], dtype: Dtype): Uint8Array {
  let stored = data;
  if (data instanceof Float32Array) {
    if (dtype === "F64") stored = Float64Array.from(data);
    else if (dtype === "F16") stored = float32ToFloat16(data);
    else if (dtype === "BF16") stored = float32ToBfloat16(data);
  }
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

/** Checks a tensor that is to be written. */
function makePart(name: string, given: Tensor<TensorData> | TypedTensor, floats: Dtype, label: string): Part {
  const { data, shape } = given;
  const where = `${label}: tensor ${quote(name)}`;
  if (name === "__metadata__") throw new SafetensorsError(`${where}: the name is reserved`);
  if (!name.isWellFormed()) throw new SafetensorsError(`${where}: the name is not Unicode`);
  const dtype = (given as Partial<TypedTensor>).dtype ?? defaultDtype(data, floats);
  if (dtype === undefined) {
    throw new SafetensorsError(
      `${where}: no dtype where F16 or BF16 is expected for ${data.constructor.name}`,
    );
  }
  const size = dtypeSize(dtype);
  if (size === undefined) {
    throw new SafetensorsError(
      `${where}: dtype ${show(dtype)} where one of ${[...DTYPE_SIZES.keys()].join(", ")} is expected`,
    );
  }
  if (!accepts(dtype, data)) {
    const expected = dtype === "BOOL" ? "a Uint8Array of 0 and 1" : `the array of ${dtype}`;
    throw new SafetensorsError(`${where}: ${data?.constructor.name} where ${expected} is expected`);
  }
  const elements = shape.reduce((product, n) => product * n, 1);
  if (shape.some((n) => !Number.isSafeInteger(n) || n < 0) || elements !== data.length) {
    throw new SafetensorsError(`${where}: shape [${shape}] where one of ${data.length} elements is expected`);
  }
  return { name, dtype, shape, length: elements * size, bytes: () => bytesOf(data, dtype) };
}

/** The first bytes of a file, up to the end of the header, and the tensors in the order of their bytes. */
function layOut(
  tensors: Readonly<Record<string, Tensor<TensorData> | TypedTensor>>,
  { dtype = "F32", metadata }: WriteOptions,
  label: string,
): { head: Uint8Array; parts: Part[] } {
  const rank = [...DTYPE_SIZES.keys()];
  const parts = Object.entries(tensors)
    .map(([name, given]) => makePart(name, given, dtype, label))
    // Wide elements first, then by name: so that every tensor begins at a multiple of its element size.
    .sort((a, b) => rank.indexOf(a.dtype) - rank.indexOf(b.dtype) || (a.name < b.name ? -1 : 1));
  const items: string[] = [];
  if (metadata !== undefined) {
    for (const [key, value] of Object.entries(metadata)) {
      if (typeof value !== "string") {
        throw new SafetensorsError(
          `${label}: metadata: ${quote(key)} is ${show(value)} where a string is expected`,
        );
      }
    }
    items.push(`"__metadata__":${JSON.stringify(metadata)}`);
  }
  let at = 0;
  for (const { name, dtype, shape, length } of parts) {
    const info = JSON.stringify({ dtype, shape, data_offsets: [at, at + length] });
    items.push(`${JSON.stringify(name)}:${info}`); // by hand: an object would put names like "0" first
    at += length;
  }
  const json = new TextEncoder().encode(`{${items.join(",")}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER_LENGTH) {
    throw new SafetensorsError(
      `${label}: a header of ${length} bytes where at most ${MAX_HEADER_LENGTH} are allowed`,
    );
  }
  const head = new Uint8Array(PREFIX_LENGTH + length).fill(" ".charCodeAt(0));
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  head.set(json, PREFIX_LENGTH);
  return { head, parts };
}

/**
 * Writes tensors to a `safetensors` file in memory, byte for byte as the reference implementation does: the header is
 * padded to a multiple of eight bytes, and wide elements come first, then the order of names.
 *
 * @param tensors By name; what has no `dtype` is stored as the type of its array, float32 as `options.dtype`.
 * @param options The type of float32 tensors, and metadata.
 * @throws {SafetensorsError} if a name, type, array or shape does not fit; the message names the tensor.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor<TensorData> | TypedTensor>>,
  options: WriteOptions = {},
): Uint8Array {
  const { head, parts } = layOut(tensors, options, "safetensors");
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, head.length));
  out.set(head);
  let at = head.length;
  for (const part of parts) {
    out.set(part.bytes(), at);
    at += part.length;
  }
  return out;
}

/** Writes all of an array. */
async function writeFully(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/**
 * Writes tensors to a file, all or nothing: they go to a temporary file in the same folder, which takes the name when it
 * is on the disk. Whatever happens, the name holds either the former file or the whole new one.
 *
 * @param path The file; one that exists is replaced.
 * @param tensors By name; what has no `dtype` is stored as the type of its array, float32 as `options.dtype`.
 * @param options The type of float32 tensors, and metadata.
 * @throws {SafetensorsError} if a name, type, array or shape does not fit, or the file cannot be written.
 */
export async function writeSafetensors(
  path: string | URL,
  tensors: Readonly<Record<string, Tensor<TensorData> | TypedTensor>>,
  options: WriteOptions = {},
): Promise<void> {
  const target = pathOf(path);
  const { head, parts } = layOut(tensors, options, target);
  const temporary = `${target}.${crypto.randomUUID()}.tmp`;
  let created = false;
  try {
    {
      using file = await Deno.open(temporary, { write: true, createNew: true });
      created = true;
      await writeFully(file, head);
      for (const part of parts) await writeFully(file, part.bytes());
      await file.sync(); // else a crash could leave the new name with no contents
    }
    await Deno.rename(temporary, target);
  } catch (cause) {
    if (created) await Deno.remove(temporary).catch(() => {}); // the first error is the one to tell
    throw new SafetensorsError(`${target}: cannot be written: ${errorText(cause)}`, { cause });
  }
}
