/**
 * Writes files in memory.
 *
 * @module
 */
import type { Tensor, TensorData } from "../../tensor.ts";
import { layOut, type WriteOptions } from "./layout.ts";
import type { TypedTensor } from "./part.ts";

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
): Uint8Array<ArrayBuffer> {
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
