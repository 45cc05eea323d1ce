/** Matrices in integers of 4 bits. */
import { ArgumentError } from "../../argument_error.ts";
import type { Tensor } from "../../tensor.ts";

/** The integer that represents 0. */
const ZERO = 8;

/** The largest integer. */
const LARGEST = 15;

/** A matrix in 4-bit integers, in blocks of each row. */
export interface BlockWeight {
  /** `[O, C / size, size / 2]`: two numbers in a byte, the first in its lower half. */
  readonly weight: Uint8Array<ArrayBuffer>;
  /** `[O, C / size]`: a step of each block. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * Rounds a matrix to 4-bit integers from -8 to 7, with a step per block chosen so that the number farthest from 0 is -8.
 * So the step may be negative, and all 16 integers are used (as in ggml's type Q4_0).
 *
 * @param matrix `[O, C]`
 * @param size The block size: an even number that divides C.
 * @throws {ArgumentError} if it does not.
 */
export function quantizeBlocks({ data, shape }: Tensor, size: number): BlockWeight {
  const [outputs, columns] = shape;
  if (shape.length !== 2 || size % 2 !== 0 || columns % size !== 0) {
    throw new ArgumentError("size", size, `an even number that divides the last of [${shape}]`);
  }
  const count = outputs * columns / size;
  const scales = new Float32Array(count);
  const weight = new Uint8Array(data.length / 2);
  for (let block = 0; block < count; block++) {
    const start = block * size;
    let farthest = 0;
    for (let i = start; i < start + size; i++) {
      if (Math.abs(data[i]) > Math.abs(farthest)) farthest = data[i];
    }
    const scale = farthest / -ZERO;
    // If all are 0, so is the step.
    const steps = scale === 0 ? 0 : 1 / scale;
    scales[block] = scale;
    for (let i = start; i < start + size; i += 2) {
      weight[i >> 1] = integer(data[i] * steps) | integer(data[i + 1] * steps) << 4;
    }
  }
  return { weight, scales };
}

function integer(steps: number): number {
  return Math.min(LARGEST, Math.max(0, Math.round(steps) + ZERO));
}
