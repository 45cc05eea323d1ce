import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { concat, map, slice, type Tensor } from "../../../lib/tensor.ts";
import { Generator } from "../../../lib/random.ts";
import { ground } from "../../../recipes/measures/ground.ts";
import { sharpness } from "../../../recipes/measures/sharpness.ts";
import { sideBySide } from "../../../recipes/measures/side_by_side.ts";
import { isAmongTop, topShare } from "../../../recipes/measures/top.ts";
import { reduced, variedCopy } from "../../../recipes/measures/varied_copy.ts";

/** A square of ink on a ground, `[1, 3, 16, 16]`, and what the pixels are elsewhere. */
function square(ink: number, paper: number, stain?: number): Tensor {
  const data = Float32Array.from({ length: 3 * 256 }, (_, i) => {
    const [x, y] = [i % 16, Math.floor(i / 16) % 16];
    if (x >= 4 && x < 12 && y >= 4 && y < 12) return ink;
    return stain !== undefined && y === 0 ? stain : paper;
  });
  return { data, shape: [1, 3, 16, 16] };
}

Deno.test("sharpness: the Laplacian's energy grows with the square of the contrast; a flat image has none", () => {
  const real = square(0, 1);
  assertAlmostEquals(sharpness(square(0.5, 1), real), 0.25, 1e-6);
  assertEquals(sharpness(square(1, 1), real), 0);
  // Two images against one: it is the mean of each set.
  assertAlmostEquals(sharpness(concat([real, square(1, 1)]), real), 0.5, 1e-6);
  assertThrows(() => sharpness(slice(real, 0, 0), real), RangeError, "images: shape [0,3,16,16]");
});

Deno.test("ground: the share of what is reached from the edge that is white within 4 of 255", () => {
  assertEquals(ground(square(0, 1)), 1);
  assertEquals(ground(square(0, 1 - 4 / 255)), 1);
  assertEquals(ground(square(0, 1 - 5 / 255)), 0);
  // What is three pixels or more from the square counts, 256 - 12², of which 16 are stained.
  assertAlmostEquals(ground(square(0, 1, 0.95)), 96 / 112, 1e-6);
  // White within the thing is no ground, and does not help.
  assertEquals(ground(square(1, 0.2)), 0);
  assertAlmostEquals(ground(concat([square(0, 1), square(0, 0.5)])), 0.5, 1e-6);
  assertEquals(ground(square(0, 0.5), [0.5, 0.5, 0.5]), 1);
  assertThrows(() => ground(square(0, 1), [1]), RangeError, "images: shape [1,3,16,16] where [1 or more, 1,");
});

Deno.test("side by side: each in half the size, one left and one right, white above and below", () => {
  const flat = (value: number): Tensor => ({
    data: new Float32Array(3 * 64).fill(value),
    shape: [1, 3, 8, 8],
  });
  const { data, shape } = sideBySide(flat(0.25), flat(0.5));
  assertEquals(shape, [1, 3, 8, 8]);
  assertEquals([...data.subarray(0, 16)], Array(16).fill(1));
  assertEquals([...data.subarray(16, 24)], [0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5]);
  assertEquals([...data.subarray(48, 64)], Array(16).fill(1));
  assertThrows(() => sideBySide(flat(0), slice(flat(0), 0, 0)), RangeError, "right: shape [0,3,8,8]");
});

Deno.test("top: the most likely class, or one of k", () => {
  const probabilities = { data: Float32Array.of(0.1, 0.6, 0.3, 0.5, 0.3, 0.2), shape: [2, 3] };
  assertEquals([1, 2, 0].map((wanted) => isAmongTop(probabilities, 0, wanted)), [true, false, false]);
  assertEquals([1, 2, 0].map((wanted) => isAmongTop(probabilities, 0, wanted, 2)), [true, true, false]);
  assertEquals(topShare(probabilities, [1, 1]), 0.5);
  assertEquals(topShare(probabilities, [1, 1], 2), 1);
  assertThrows(() => topShare(probabilities, [1]), RangeError, "wanted: 1 classes where 2");
});

Deno.test("varied copies: white stays white, and the same seed gives the same copy, within 0 and 1", () => {
  const white = new Uint8Array(3 * 256).fill(255);
  for (let seed = 0; seed < 8; seed++) {
    const { data, shape } = variedCopy(white, 16, new Generator(seed));
    assertEquals(shape, [1, 3, 16, 16]);
    assertEquals(data.every((value) => Math.abs(value - 1) < 1e-6), true);
  }
  const noisy = Uint8Array.from({ length: 3 * 256 }, (_, i) => i * 97 % 256);
  const copy = (seed: number) => variedCopy(noisy, 16, new Generator(seed)).data;
  assertEquals(copy(1), copy(1));
  assertEquals(copy(1).every((value) => value >= 0 && value <= 1), true);
  assertEquals(copy(1).some((value, i) => value !== copy(2)[i]), true);
});

Deno.test("reduced: images are 32 x 32, of the same mean", () => {
  const images = map({ data: new Float32Array(3 * 64 * 64), shape: [1, 3, 64, 64] }, (_, i) => i % 2);
  const { data, shape } = reduced(images);
  assertEquals(shape, [1, 3, 32, 32]);
  assertAlmostEquals(data.reduce((sum, value) => sum + value, 0) / data.length, 0.5, 0.02);
});
