import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { foldedWeights } from "../../../recipes/measures/folded_weights.ts";
import { openImageFeatures } from "../../../recipes/measures/image_features.ts";
import { dequantised } from "../../../recipes/measures/nsfwjs_weights.ts";
import { concat, type Tensor } from "../../../lib/tensor.ts";
import { pattern } from "./pattern.ts";

const expected: { every: number; features: number[]; sum: number } = JSON.parse(
  await Deno.readTextFile(new URL("../../fixtures/measures/mobilenet_v2.json", import.meta.url)),
);

Deno.test("features are those that TensorFlow.js computes with the same weights", async () => {
  await using network = await openImageFeatures({ threads: 1 });
  const { pooled: { data, shape } } = await network.of(pattern());
  assertEquals(shape, [1, 1280]);
  const found = data.filter((_, i) => i % expected.every === 0);
  const error = found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.features[i])), 0);
  assert(error < 1e-4, `${error}`);
  assertAlmostEquals(data.reduce((sum, value) => sum + value, 0), expected.sum, 1e-2);
});

Deno.test("features of a batch are those of its pictures, and others have others", async () => {
  await using network = await openImageFeatures({ threads: 1 });
  const one = pattern();
  const other: Tensor = { ...one, data: one.data.toReversed() };
  const many = concat(Array.from({ length: 17 }, (_, i) => i === 16 ? other : one));
  for (const { data, shape: [rows, width] } of Object.values(await network.of(many))) {
    assertEquals(rows, 17);
    const row = (n: number) => data.subarray(width * n, width * (n + 1));
    const gap = (a: Float32Array, b: Float32Array) => {
      return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / width;
    };
    assert(gap(row(0), row(15)) < 1e-5);
    assert(gap(row(0), row(16)) > 1e-2);
  }
});

Deno.test("pictures of another shape are refused", async () => {
  await using network = await openImageFeatures({ threads: 1 });
  const grey = { data: new Float32Array(4), shape: [1, 1, 2, 2] };
  await assertRejects(
    () => network.of(grey),
    RangeError,
    "images: shape [1,1,2,2] where [N, 3, height, width]",
  );
});

Deno.test("bytes of a layers model stand for min + scale b", () => {
  const quantization = { min: -1, scale: 0.5, dtype: "uint8" };
  const manifest = [{ name: "a", shape: [2, 1], dtype: "float32", quantization }];
  assertEquals(dequantised(manifest, Uint8Array.of(0, 4)).get("a")!.data, Float32Array.of(-1, 1));
  assertThrows(() => dequantised(manifest, new Uint8Array(3)), RangeError, "weights: 3 bytes where 2 are");
  const plain = [{ name: "a", shape: [2], dtype: "float32" }];
  assertThrows(() => dequantised(plain, new Uint8Array(8)), RangeError, "a of undefined where uint8");
});

Deno.test("folding: a convolution and its batch norm are one convolution", () => {
  const vector = (...values: number[]) => ({ data: Float32Array.from(values), shape: [values.length] });
  // Two inputs, two outputs, kernels of one number: y = norm(x W), W stored as [in, out].
  const weights = new Map<string, Tensor>([
    ["c/kernel", { data: Float32Array.of(1, 2, 3, 4), shape: [1, 1, 2, 2] }],
    ["n/gamma", vector(2, 1)],
    ["n/beta", vector(5, 6)],
    ["n/moving_mean", vector(1, -1)],
    ["n/moving_variance", vector(4 - 1e-3, 1 - 1e-3)],
  ]);
  const folded = foldedWeights(weights, () => "n");
  assertEquals(folded["c.weight"].shape, [2, 2, 1, 1]);
  // Of output 0 the factor is 2 / 2, of output 1 it is 1 / 1; the kernel is turned to [out, in].
  [1, 3, 2, 4].forEach((value, i) => assertAlmostEquals(folded["c.weight"].data[i], value, 1e-5));
  [4, 7].forEach((value, i) => assertAlmostEquals(folded["c.bias"].data[i], value, 1e-5));
  assertThrows(
    () => foldedWeights(weights, () => "m"),
    RangeError,
    "weights: no m/gamma where it is expected",
  );
});
