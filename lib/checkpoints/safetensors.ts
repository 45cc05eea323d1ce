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
 * import { SafetensorsFile, writeSafetensors } from "@denoise/denoise/checkpoints";
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
export { parseSafetensors, SafetensorsBuffer } from "./safetensors/buffer.ts";
export { encodeSafetensors } from "./safetensors/encode.ts";
export { SafetensorsError } from "./safetensors/error.ts";
export { readHeader, SafetensorsFile } from "./safetensors/file.ts";
export type { Dtype, FloatDtype, SafetensorsHeader, TensorEntry } from "./safetensors/format.ts";
export type { WriteOptions } from "./safetensors/layout.ts";
export type { TypedTensor } from "./safetensors/part.ts";
export { writeSafetensors } from "./safetensors/write.ts";
