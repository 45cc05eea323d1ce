/**
 * Parses a header and holds it to the rules: each entry by itself, then that the tensors fill the file without holes.
 *
 * @module
 */
import { foreignContent } from "../foreign_content.ts";
import { errorText, quote, SafetensorsError, show } from "./error.ts";
import {
  type Dtype,
  DTYPE_SIZES,
  dtypeSize,
  MAX_HEADER_LENGTH,
  PREFIX_LENGTH,
  type SafetensorsHeader,
  type TensorEntry,
} from "./format.ts";
import { scanHeader } from "./scan.ts";

/** What the checks need to know of a file, in memory or on a disk. */
export interface Source {
  /** What to call it in errors. */
  readonly label: string;
  /** All its bytes. */
  readonly size: number;
}

/**
 * The header's length from the first bytes of a file, checked against the limit and the size of the file.
 *
 * @param prefix The first bytes, more than the length takes where there are more: they tell what another file is.
 */
export function headerLength(prefix: Uint8Array, { label, size }: Source): number {
  // A length that is allowed has zeros here, which no text has.
  const foreign = prefix.subarray(4, PREFIX_LENGTH).some((byte) => byte !== 0) || size < PREFIX_LENGTH
    ? foreignContent(prefix)
    : undefined;
  if (foreign) throw new SafetensorsError(`${label}: ${foreign}, where a safetensors file is expected`);
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
export function parseHeader(bytes: Uint8Array, source: Source): SafetensorsHeader {
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
    if (info === null) continue; // what writers in Rust make of no metadata
    if (typeof info !== "object" || Array.isArray(info)) {
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

/** The entry of a name. */
export function entryOf({ tensors }: SafetensorsHeader, name: string, label: string): TensorEntry {
  const entry = tensors.get(name);
  if (!entry) throw new SafetensorsError(`${label}: no tensor ${quote(name)} among its ${tensors.size}`);
  return entry;
}
