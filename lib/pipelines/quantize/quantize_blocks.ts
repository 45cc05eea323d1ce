/** Matrices in integers of 4 bits. */
import { ArgumentError } from "../../argument_error.ts";
import type { Tensor } from "../../tensor.ts";

/** The integer that stands for 0. */
const ZERO = 8;

/** The largest integer. */
const LARGEST = 15;

/** A matrix as whole numbers of 4 bits, block by block of each row. */
export interface BlockWeight {
  /** `[O, C / size, size / 2]`: two numbers in a byte, the first in its lower half. */
  readonly weight: Uint8Array<ArrayBuffer>;
  /** `[O, C / size]`: a step of each block. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * Rounds a matrix to integers of 4 bits from -8 to 7, in a step of each block's own: by it, the number that is farthest from 0 is -8.
 * So the step may be negative, and none of the 16 integers is left unused (as ggml's type Q4_0 does).
 *
 * @param matrix `[O, C]`
 * @param size Numbers of a block: an even number that divides C.
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
    // Where all are 0, so is the step.
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
