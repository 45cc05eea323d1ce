/**
 * Changes what a file's header says beside its tensors.
 *
 * @module
 */
import { PREFIX_LENGTH } from "./format.ts";
import { headerLength } from "./header.ts";
import { encodeHead } from "./layout.ts";

/**
 * A file with other metadata. Its tensors are as they were.
 *
 * @param bytes A whole and valid file.
 * @param metadata Free text by key, in the place of what there was.
 * @throws {SafetensorsError} if the bytes begin like no such file, or the header becomes too long.
 */
export function withMetadata(
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const label = "safetensors";
  const length = headerLength(bytes, { label, size: bytes.length });
  const end = PREFIX_LENGTH + length;
  const { __metadata__: _, ...tensors } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(PREFIX_LENGTH, end)),
  );
  const head = encodeHead(JSON.stringify({ __metadata__: metadata, ...tensors }), label);
  const out = new Uint8Array(head.length + bytes.length - end);
  out.set(head);
  out.set(bytes.subarray(end), head.length);
  return out;
}
