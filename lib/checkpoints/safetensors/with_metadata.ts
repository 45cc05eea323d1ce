/**
 * Changes what a file's header says beside its tensors.
 *
 * @module
 */
import { PREFIX_LENGTH } from "./format.ts";
import { headerLength } from "./header.ts";

/** Headers are as long as a multiple of this. */
const ALIGNMENT = 8;

/**
 * A file with other metadata. Its tensors are as they were.
 *
 * @param bytes A whole and valid file.
 * @param metadata Free text by key, in the place of what there was.
 * @throws {SafetensorsError} if the bytes begin like no such file.
 */
export function withMetadata(
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const length = headerLength(bytes, { label: "safetensors", size: bytes.length });
  const end = PREFIX_LENGTH + length;
  const { __metadata__: _, ...tensors } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(PREFIX_LENGTH, end)),
  );
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...tensors }));
  const padded = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  const out = new Uint8Array(PREFIX_LENGTH + padded + bytes.length - end);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.fill(0x20, PREFIX_LENGTH, PREFIX_LENGTH + padded);
  out.set(header, PREFIX_LENGTH);
  out.set(bytes.subarray(end), PREFIX_LENGTH + padded);
  return out;
}
