import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { generatorsOf, noiseSource } from "../../lib/pipelines/stage/noise_source.ts";
import { Generator } from "../../lib/random.ts";
import { slice } from "../../lib/tensor.ts";

const shape = [2, 3, 5, 5];

Deno.test("one seed draws the whole batch at once", () => {
  const [noise, generator] = [noiseSource(7, 2), new Generator(7)];
  for (let i = 0; i < 3; i++) assertEquals(noise(shape), generator.randn(shape));
});

Deno.test("a list of seeds draws each picture by itself", () => {
  const noise = noiseSource([7, 8n], 2);
  const alone = [7, 8].map((seed) => noiseSource(seed, 1));
  for (let i = 0; i < 3; i++) {
    const draw = noise(shape);
    assertEquals(draw.shape, shape);
    alone.forEach((own, n) => assertEquals(slice(draw, n, n + 1), own([1, 3, 5, 5])));
  }
});

Deno.test("a generator goes on from where it is, alone or in a list", () => {
  const [a, b] = [new Generator(1), new Generator(1)];
  a.randn([20]);
  b.randn([20]);
  assertEquals(noiseSource(a, 1)([1, 20]).data, b.randn([20]).data);
  assertEquals(noiseSource([a], 1)([1, 20]).data, b.randn([20]).data);
  assertStrictEquals(generatorsOf(a), a);
  assertStrictEquals((generatorsOf([0, a]) as Generator[])[1], a);
});

Deno.test("seeds are integers, and a list has one for each picture", () => {
  assertThrows(
    () => noiseSource([1, 2], 3),
    RangeError,
    "seed: a list of 2 where one for each of 3 images is expected",
  );
  assertThrows(() => noiseSource([], 1), RangeError, "seed: a list of 0");
  assertThrows(() => noiseSource(0.5, 1), RangeError, "seed: 0.5 where an integer is expected");
  assertThrows(() => noiseSource([1, NaN], 2), RangeError, "seed: NaN");
});
