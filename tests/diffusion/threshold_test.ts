import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { clip, dynamicThreshold } from "../../lib/diffusion/threshold.ts";
import { tensor } from "../../lib/tensor.ts";

const row = (...values: number[]) => tensor(Float32Array.from(values), [1, 1, 1, values.length]);

Deno.test("clip holds every value within the range", () => {
  assertEquals([...clip()(row(-3, -0.5, 0.5, 3)).data], [-1, -0.5, 0.5, 1]);
  assertEquals([...clip([0, 1])(row(-3, -0.5, 0.5, 3)).data], [0, 0, 0.5, 1]);
  assertThrows(() => clip([1, 1]), RangeError, "range: [1,1] where");
});

Deno.test("the dynamic threshold is a quantile of each picture by itself", () => {
  const x0 = tensor(Float32Array.of(0, -2, 4, 1, 0.1, 0.2, -0.3, 0.4), [2, 1, 2, 2]);
  // Sorted absolute values 0, 1, 2, 4: at rank 0.5 * 3 lies 1.5. In the second picture the bound is never below 1.
  const out = dynamicThreshold({ ratio: 0.5, max: 10 })(x0);
  assertEquals(out.shape, x0.shape);
  [0, -1, 1, 2 / 3, 0.1, 0.2, -0.3, 0.4].forEach((value, i) => assertAlmostEquals(out.data[i], value, 1e-7));
});

Deno.test("the dynamic threshold has an upper bound, and at 1 is clipping", () => {
  assertEquals([...dynamicThreshold({ ratio: 1, max: 2 })(row(1, -3, 9)).data], [0.5, -1, 1]);
  const x0 = row(-3, -0.5, 0.5, 3);
  assertEquals(dynamicThreshold({ max: 1 })(x0), clip()(x0));
  assertEquals(x0.data[0], -3, "the input is left alone");
});

Deno.test("thresholds name the option that is wrong", () => {
  assertThrows(() => dynamicThreshold({ ratio: 0 }), RangeError, "ratio: 0 where");
  assertThrows(() => dynamicThreshold({ ratio: 95 }), RangeError, "ratio: 95 where");
  assertThrows(() => dynamicThreshold({ max: 0.5 }), RangeError, "max: 0.5 where");
});
