import { assertEquals, assertThrows } from "@std/assert";
import { weightedSum } from "../../lib/diffusion/weighted_sum.ts";
import { full, tensor } from "../../lib/tensor.ts";

Deno.test("a weighted sum is rounded once", () => {
  const one = full([2], 1);
  // In single precision 1 + 2^-25 is 1; in double it is not, and the 1 goes away again.
  assertEquals([...weightedSum([1, one], [2 ** -25, one], [-1, one]).data], [2 ** -25, 2 ** -25]);
});

Deno.test("a factor may depend on the element", () => {
  const x = tensor(Float32Array.of(1, 2), [1, 2]);
  assertEquals(weightedSum([(i) => i + 1, x], [10, x]), tensor(Float32Array.of(11, 24), [1, 2]));
  assertThrows(() => weightedSum([1, x], [1, full([2], 0)]), RangeError, "others: shape [2]");
});
