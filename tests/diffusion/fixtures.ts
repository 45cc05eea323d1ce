/** Golden tensors for the tests of this folder. */
import { parseSafetensors, type SafetensorsBuffer } from "../../lib/checkpoints/safetensors.ts";
import { assertSameShape, type Tensor } from "../../lib/tensor.ts";

/** Reads a file of golden tensors. */
export function readFixture(name: string): SafetensorsBuffer {
  return parseSafetensors(
    Deno.readFileSync(new URL(`../fixtures/${name}.safetensors`, import.meta.url)),
    name,
  );
}

/** The largest absolute difference of two tensors. */
export function maxDifference(a: Tensor, b: Tensor): number {
  assertSameShape(a, b);
  return a.data.reduce((max, value, i) => Math.max(max, Math.abs(value - b.data[i])), 0);
}

/**
 * The largest difference from expected values, relative where they are above 1: random variances that are not clamped
 * make values of some thousands, and a single-precision number has no more than seven digits.
 */
export function maxError(actual: Tensor, expected: Tensor): number {
  assertSameShape(expected, actual, "actual");
  const error = (value: number, i: number) => Math.abs(value - actual.data[i]) / Math.max(1, Math.abs(value));
  return expected.data.reduce((max, value, i) => Math.max(max, error(value, i)), 0);
}
