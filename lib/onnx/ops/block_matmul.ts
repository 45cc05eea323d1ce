/** Products with matrices whose numbers are integers of 4 bits. */
import type { Value } from "../graph.ts";
import { checkShape } from "../shapes.ts";

/** A matrix in integers of 4 bits, block by block of each row. */
export interface BlockMatrix {
  /** uint8 `[O, B, S / 2]`: B blocks of S numbers of each row, two in a byte, the first in its lower half; 8 stands for 0. */
  readonly weight: Value;
  /** float32 `[O, B]`: a step of each block. */
  readonly scales: Value;
}

/** The bits of a number. */
const BITS = 4;

/**
 * The product of rows with the transpose of a matrix `W [O, C]` in integers of 4 bits, C = B S: `y = x W^T`, where
 * `W[o, c] = scales[o, b] (n[o, c] - 8)` (Dettmers and Zettlemoyer 2023, "The case for 4-bit precision", section 2: blocks of weights
 * with a scale each). What is multiplied stays float32. It has no gradient.
 *
 * @param x float32 `[..., C]`
 * @returns float32 `[..., O]`
 * @throws {GraphError} if shapes or types do not fit, or a block is shorter than 16 numbers, or their count no power of 2.
 */
export function blockMatmul(x: Value, { weight, scales }: BlockMatrix): Value {
  const op = "MatMulNBits";
  const { graph } = x;
  const [outputs, blocks, bytes] = weight.shape as number[];
  const size = bytes * 8 / BITS;
  if (weight.rank !== 3 || weight.dtype !== "uint8") {
    graph.fail(op, `weight: ${weight.dtype} [${weight.shape}] where uint8 of three axes is expected`);
  }
  if (size < 16 || (size & (size - 1)) !== 0) {
    graph.fail(op, `blocks of ${size} numbers where a power of 2 of at least 16 is expected`);
  }
  checkShape(scales, [outputs, blocks], op, "scales");
  const columns = x.shape.at(-1);
  if (x.rank < 2 || columns !== blocks * size) {
    graph.fail(op, `x: shape [${x.shape}] where [..., ${blocks * size}] is expected`);
  }
  return graph.node({
    op,
    domain: "com.microsoft",
    inputs: [x, weight, scales],
    attributes: {
      K: { int: blocks * size },
      N: { int: outputs },
      bits: { int: BITS },
      block_size: { int: size },
      // Products in float32.
      accuracy_level: { int: 1 },
    },
    outputs: [{ dtype: x.dtype, shape: [...x.shape.slice(0, -1), outputs] }],
  })[0];
}
