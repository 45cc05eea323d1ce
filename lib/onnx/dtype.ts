import { float32ToBfloat16, float32ToFloat16 } from "../checkpoints/half.ts";
import type { TensorData } from "../tensor.ts";

/** Element types of values in a graph, named as ONNX Runtime names them. */
export type DType =
  | "float32"
  | "float16"
  | "bfloat16"
  | "float64"
  | "int64"
  | "int32"
  | "int8"
  | "uint8"
  | "bool";

/** The codes of `TensorProto.DataType` in onnx.proto3. */
export const dtypeCodes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
};

/** Bytes of one element. */
export const dtypeBytes: Readonly<Record<DType, number>> = {
  float32: 4,
  int8: 1,
  uint8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  bfloat16: 2,
};

/** The array that holds elements of each type; of the half-precision ones their 16 bits. */
export const dtypeArrays: Readonly<Record<DType, new (length: number) => TensorData>> = {
  float32: Float32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: Uint16Array,
  float64: Float64Array,
  bfloat16: Uint16Array,
};

/** Whether values of this type can have gradients. */
export function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float16" || dtype === "bfloat16" || dtype === "float64";
}

/** The elements of a list of numbers as the array that holds a type. */
export function toTypedArray(values: readonly number[], dtype: DType): TensorData {
  switch (dtype) {
    case "float32":
      return Float32Array.from(values);
    case "float64":
      return Float64Array.from(values);
    case "int64":
      return BigInt64Array.from(values.map(BigInt));
    case "int32":
      return Int32Array.from(values);
    case "int8":
      return Int8Array.from(values);
    case "uint8":
    case "bool":
      return Uint8Array.from(values);
    case "float16":
      return float32ToFloat16(Float32Array.from(values));
    case "bfloat16":
      return float32ToBfloat16(Float32Array.from(values));
  }
}
