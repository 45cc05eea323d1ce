/**
 * The format: the element types, the limits of a header, and what it says.
 *
 * @module
 */

/** The element types that are supported. */
export type Dtype = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "I16" | "I8" | "U8" | "BOOL";

/** The element types that hold fractions. */
export type FloatDtype = "F64" | "F32" | "F16" | "BF16";

/** Bytes of an element, in the order in which tensors are written (the reference implementation's). */
export const DTYPE_SIZES: ReadonlyMap<Dtype, number> = new Map<Dtype, number>([
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

/** The bytes of an element, or undefined for a type that is none of ours. */
export function dtypeSize(dtype: unknown): number | undefined {
  return DTYPE_SIZES.get(dtype as Dtype);
}

/** The reference implementation's limit, against headers made to exhaust the memory. */
export const MAX_HEADER_LENGTH = 100_000_000;

/** Bytes in which the length of the header is written. */
export const PREFIX_LENGTH = 8;

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
