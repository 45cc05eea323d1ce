/**
 * Plans a file: the order of its tensors, and its header.
 *
 * @module
 */
import type { Tensor, TensorData } from "../../tensor.ts";
import { quote, SafetensorsError, show } from "./error.ts";
import { DTYPE_SIZES, type FloatDtype, MAX_HEADER_LENGTH, PREFIX_LENGTH } from "./format.ts";
import { makePart, type Part, type TypedTensor } from "./part.ts";
import { assertOptions, type OptionNames } from "../../options.ts";

/** How tensors are written. */
export interface WriteOptions {
  /** What float32 tensors that name no type are stored as. Default: F32. */
  readonly dtype?: FloatDtype;
  /** Free text by key, for the header. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const writeOptionNames: OptionNames<WriteOptions> = {
  dtype: true,
  metadata: true,
};

/** The first bytes of a file, up to the end of the header, and the tensors in the order of their bytes. */
export function layOut(
  tensors: Readonly<Record<string, Tensor<TensorData> | TypedTensor>>,
  options: WriteOptions,
  label: string,
): { head: Uint8Array; parts: Part[] } {
  assertOptions(options, writeOptionNames);
  const { dtype = "F32", metadata } = options;
  const rank = [...DTYPE_SIZES.keys()];
  const parts = Object.entries(tensors)
    .map(([name, given]) => makePart(name, given, dtype, label))
    // Wide elements first, then by name: so that every tensor begins at a multiple of its element size.
    .sort((a, b) => rank.indexOf(a.dtype) - rank.indexOf(b.dtype) || (a.name < b.name ? -1 : 1));
  const items: string[] = [];
  if (metadata !== undefined) {
    for (const [key, value] of Object.entries(metadata)) {
      if (typeof value !== "string") {
        throw new SafetensorsError(
          `${label}: metadata: ${quote(key)} is ${show(value)} where a string is expected`,
        );
      }
    }
    items.push(`"__metadata__":${JSON.stringify(metadata)}`);
  }
  let at = 0;
  for (const { name, dtype, shape, length } of parts) {
    const info = JSON.stringify({ dtype, shape, data_offsets: [at, at + length] });
    items.push(`${JSON.stringify(name)}:${info}`); // by hand: an object would put names like "0" first
    at += length;
  }
  return { head: encodeHead(`{${items.join(",")}}`, label), parts };
}

/**
 * The first bytes of a file: the length of the header and the header, padded to a multiple of eight bytes.
 *
 * @param header The header as JSON.
 * @throws {SafetensorsError} if it is too long.
 */
export function encodeHead(header: string, label: string): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(header);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER_LENGTH) {
    throw new SafetensorsError(
      `${label}: a header of ${length} bytes where at most ${MAX_HEADER_LENGTH} are allowed`,
    );
  }
  const head = new Uint8Array(PREFIX_LENGTH + length).fill(" ".charCodeAt(0));
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  head.set(json, PREFIX_LENGTH);
  return head;
}
