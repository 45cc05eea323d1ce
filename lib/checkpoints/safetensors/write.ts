/**
 * Writes files to a disk, all or nothing.
 *
 * @module
 */
import { machine } from "../../platform/mod.ts";
import type { Tensor, TensorData } from "../../tensor.ts";
import { errorText, SafetensorsError } from "./error.ts";
import { layOut, type WriteOptions } from "./layout.ts";
import type { Part, TypedTensor } from "./part.ts";

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
  const target = machine.pathOf(path);
  const { head, parts } = layOut(tensors, options, target);
  try {
    await machine.writeFile(target, bytesOf(head, parts));
  } catch (cause) {
    throw new SafetensorsError(`${target}: cannot be written: ${errorText(cause)}`, { cause });
  }
}

/** The bytes of a file, in parts that are converted when they are asked for. */
function* bytesOf(head: Uint8Array, parts: readonly Part[]): Generator<Uint8Array> {
  yield head;
  for (const part of parts) yield part.bytes();
}
