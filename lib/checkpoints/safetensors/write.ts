/**
 * Writes files to a disk, all or nothing.
 *
 * @module
 */
import type { Tensor, TensorData } from "../../tensor.ts";
import { pathOf, writeFully } from "./disk.ts";
import { errorText, SafetensorsError } from "./error.ts";
import { layOut, type WriteOptions } from "./layout.ts";
import type { TypedTensor } from "./part.ts";

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
