/**
 * From a tensor as it is given to the bytes that are stored.
 *
 * @module
 */
import type { Tensor, TensorData } from "../../tensor.ts";
import { float32ToBfloat16, float32ToFloat16 } from "../half.ts";
import { quote, SafetensorsError, show } from "./error.ts";
import { type Dtype, DTYPE_SIZES, dtypeSize } from "./format.ts";

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
  readonly data: TensorData | Int16Array;
}

/** A tensor that is ready to be written; its bytes are converted when they are needed, one tensor at a time. */
export interface Part {
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
export function makePart(
  name: string,
  given: Tensor<TensorData> | TypedTensor,
  floats: Dtype,
  label: string,
): Part {
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
