import { assertAlmostEquals } from "@std/assert";
import { exponent } from "../../bench/exponent.ts";

Deno.test("the exponent of a power law, whatever its factor", () => {
  for (const p of [0.9, 1, 2]) {
    const points = [1, 2, 4, 8, 16].map((x) => [x, 7 * x ** p] as const);
    assertAlmostEquals(exponent(points), p, 1e-12);
  }
});

Deno.test("a part that does not grow lowers it", () => {
  assertAlmostEquals(exponent([[1, 1 + 1], [3, 1 + 3]]), Math.log(2) / Math.log(3), 1e-12);
});
