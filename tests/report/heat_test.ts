/** Pictures lit by heat maps. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { full, tensor } from "../../lib/mod.ts";
import { highlight, lightScale } from "../../report/drawing/heat.ts";

Deno.test("maps that are lit by one scale can be compared: a weak one stays dark", () => {
  const white = full([3, 1, 2], 1);
  const light = (
    values: number[],
    most: number,
  ) => [...highlight(white, tensor(Float32Array.from(values), [1, 2]), most).data.subarray(0, 2)];
  const [dark, bright] = light([0, 0.2], 0.2);
  assertAlmostEquals(bright, 1, 1e-6);
  assertAlmostEquals(dark, -0.84, 1e-6);
  // A tenth of the scale is a tenth of the light, however even or uneven the map is.
  const [weak, weaker] = light([0.02, 0.01], 0.2);
  assertAlmostEquals(weak, dark + (bright - dark) / 10, 1e-6);
  assertAlmostEquals(weaker, dark + (bright - dark) / 20, 1e-6);
  assertEquals(light([0.4, 0.4], 0.2)[0], bright);
});

Deno.test("the scale goes from dark on its left to bright on its right", () => {
  const { shape, data } = lightScale(4);
  assertEquals(shape, [3, 4, 4]);
  assertEquals([data[3], data[7], data[2] > data[1]], [1, 1, true]);
  assertAlmostEquals(data[0], -0.84, 1e-6);
});
