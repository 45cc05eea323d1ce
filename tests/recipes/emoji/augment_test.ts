import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { Generator } from "../../../lib/random.ts";
import { drawPlacement, place } from "../../../recipes/emoji/augment.ts";

/** A 4 x 4 picture whose bytes are their own numbers. */
const bytes = Uint8Array.from({ length: 48 }, (_, i) => 5 * i);
const still = { map: [1, 0, 0, 1, 0, 0] } as const;

Deno.test("a picture that is not moved stays, and is averaged when it shrinks", () => {
  place(bytes, 4, still, 1).forEach((value, i) => assertAlmostEquals(value, bytes[i] / 127.5 - 1, 1e-6));
  const small = place(bytes, 4, still, 2);
  assertEquals(small.length, 12);
  const mean = (bytes[0] + bytes[1] + bytes[4] + bytes[5]) / 4;
  assertAlmostEquals(small[0], mean / 127.5 - 1, 1e-6);
});

Deno.test("a mirrored picture is the other way round, and what comes from outside is white", () => {
  const mirrored = place(bytes, 4, { map: [-1, 0, 0, 1, 0, 0] }, 1);
  for (let i = 0; i < 48; i++) {
    assertAlmostEquals(mirrored[i], bytes[i - (i % 4) + 3 - (i % 4)] / 127.5 - 1, 1e-6);
  }
  // Half a side to the right: the left half shows what was outside.
  const moved = place(bytes, 4, { map: [1, 0, 0, 1, -0.5, 0] }, 1);
  assertAlmostEquals(moved[0], 1, 1e-6);
  assertAlmostEquals(moved[1], 1, 1e-6);
  assertAlmostEquals(moved[2], bytes[0] / 127.5 - 1, 1e-6);
});

Deno.test("a quarter turn takes rows to columns", () => {
  const turned = place(bytes, 4, { map: [0, -1, 1, 0, 0, 0] }, 1);
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      assertAlmostEquals(turned[row * 4 + column], bytes[column * 4 + 3 - row] / 127.5 - 1, 1e-6);
    }
  }
});

Deno.test("placements are drawn from the generator alone, and move a picture by little", () => {
  const draw = (seed: number) => {
    const generator = new Generator(seed);
    return Array.from({ length: 200 }, () => drawPlacement(generator).map);
  };
  assertEquals(draw(1), draw(1));
  for (const [a, b, c, d, x, y] of draw(2)) {
    // Angle and scale are the same on both axes: nothing is mirrored or skewed.
    assertEquals([a, b], [d, -c]);
    assert(a > 0.9 && a < 1.1 && Math.abs(b) < 0.1);
    assert(Math.abs(x) < 0.05 && Math.abs(y) < 0.05);
  }
});
