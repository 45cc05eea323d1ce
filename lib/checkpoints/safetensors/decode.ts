/**
 * From the bytes of a tensor to its elements.
 *
 * @module
 */
import type { Tensor, TensorData } from "../../tensor.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "../half.ts";
import { quote, SafetensorsError } from "./error.ts";
import { type Dtype, dtypeSize, type TensorEntry } from "./format.ts";

/** Bytes that begin where a typed array may. */
function aligned(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : bytes.slice();
}

/** The elements as the array of their type; F16 and BF16 as bits. */
function typedArray(bytes: Uint8Array, dtype: Dtype): TensorData | Int16Array {
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
export function toFloats(bytes: Uint8Array, { name, dtype, shape }: TensorEntry, label: string): Tensor {
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
export function toIntegers(bytes: Uint8Array, entry: TensorEntry, label: string): Tensor<Int32Array> {
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
export function toBigIntegers(bytes: Uint8Array, entry: TensorEntry, label: string): Tensor<BigInt64Array> {
  const { name, dtype, shape } = entry;
  if (dtype !== "I64") {
    throw new SafetensorsError(`${label}: tensor ${quote(name)} is ${dtype} where I64 is expected`);
  }
  return { data: typedArray(bytes, dtype) as BigInt64Array, shape };
}
