import { assertEquals } from "@std/assert";
import { absoluteQuantile } from "../../lib/diffusion/quantile.ts";
import { Generator } from "../../lib/random.ts";

/** The quantile by its definition. */
function ofSorted(values: Float32Array, ratio: number): number {
  const sorted = values.map(Math.abs).sort();
  const rank = ratio * (sorted.length - 1);
  const [below, above] = [Math.floor(rank), Math.ceil(rank)];
  return sorted[below] + (sorted[above] - sorted[below]) * (rank - below);
}

Deno.test("quantiles are those of the sorted absolute values, bit for bit", () => {
  const generator = new Generator(0);
  const special = [0, -0, 1e-42, -1e-42, 1, -1, 1, Infinity];
  for (let size = 1; size <= 300; size++) {
    const { data } = generator.randn([size]);
    const values = Float32Array.of(...data, ...(size % 2 ? [] : special));
    for (const ratio of [0, 0.3, 0.5, 0.95, 0.995]) {
      assertEquals(absoluteQuantile(values, ratio), ofSorted(values, ratio), `${size}, ${ratio}`);
    }
  }
});

Deno.test("quantiles of a part of an array leave the rest and the order alone", () => {
  const all = Float32Array.of(9, -4, 2, -1, 9);
  assertEquals(absoluteQuantile(all.subarray(1, 4), 0.5), 2);
  assertEquals([...all], [9, -4, 2, -1, 9]);
});

Deno.test("a NaN is larger than all numbers", () => {
  const values = Float32Array.of(NaN, 3, -2, 1);
  assertEquals(absoluteQuantile(values, 1 / 3), 2);
  assertEquals(absoluteQuantile(values, 1), NaN);
});
