import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { upsampleBilinear } from "../../lib/pipelines/stage/upsample.ts";
import { Generator } from "../../lib/random.ts";
import { full, tensor, zeros } from "../../lib/tensor.ts";
import { maxDifference, readFixture } from "../diffusion/fixtures.ts";

Deno.test("enlarging with aligned corners is PyTorch's", () => {
  const fixture = readFixture("bilinear_ac");
  // PyTorch computes the places in single precision.
  assertLess(maxDifference(upsampleBilinear(fixture.read("x"), 32, 32), fixture.read("up")), 2e-6);
});

Deno.test("corners stay, and between pixels all is straight", () => {
  const x = tensor(Float32Array.of(0, 1, 2, 3), [1, 1, 2, 2]);
  assertEquals(
    [...upsampleBilinear(x, 3, 5).data],
    [
      [0, 0.25, 0.5, 0.75, 1],
      [1, 1.25, 1.5, 1.75, 2],
      [2, 2.25, 2.5, 2.75, 3],
    ].flat(),
  );
});

Deno.test("equal sizes change nothing, and single rows and pixels are spread", () => {
  const x = new Generator(0).randn([2, 3, 5, 4]);
  assertEquals(upsampleBilinear(x, 5, 4), x);
  assertEquals(upsampleBilinear(full([1, 1, 1, 1], 3), 2, 3), full([1, 1, 2, 3], 3));
  assertEquals([...upsampleBilinear(tensor(Float32Array.of(1, 2), [1, 1, 1, 2]), 2, 1).data], [1, 1]);
});

Deno.test("other shapes, and sizes that are none, are refused", () => {
  const x = zeros([1, 1, 2, 2]);
  assertThrows(() => upsampleBilinear(zeros([3, 2, 2]), 4, 4), RangeError, "x: shape [3,2,2] where");
  assertThrows(() => upsampleBilinear(zeros([1, 3, 0, 2]), 4, 4), RangeError, "x: shape [1,3,0,2] where");
  assertThrows(() => upsampleBilinear(x, 0, 4), RangeError, "height: 0 where");
  assertThrows(() => upsampleBilinear(x, 4, 1.5), RangeError, "width: 1.5 where");
});
