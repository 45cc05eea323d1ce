/** A picture that needs no file and is no other picture's mirror image: a red disc before a blue corner and stripes. */
import type { Tensor } from "../../../lib/tensor.ts";

/** Height and width of the pattern. */
export const PATTERN_SIZE = 64;

/** The pattern, `[1, 3, 64, 64]` in 0..1. */
export function pattern(): Tensor {
  const data = new Float32Array(3 * PATTERN_SIZE * PATTERN_SIZE);
  let i = 0;
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < PATTERN_SIZE; y++) {
      for (let x = 0; x < PATTERN_SIZE; x++) {
        const disc = (x - 20) ** 2 + (y - 40) ** 2 < 150;
        const corner = x + 2 * y < 60;
        const stripes = 255 - (x * (c + 1) + 3 * y) % 64;
        data[i++] = (disc ? [220, 40, 30][c] : corner ? [30, 120, 200][c] : stripes) / 255;
      }
    }
  }
  return { data, shape: [1, 3, PATTERN_SIZE, PATTERN_SIZE] };
}
