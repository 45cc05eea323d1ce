import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { nearest, thumbnails } from "../../../recipes/emoji/thumbnails.ts";

Deno.test("a thumbnail's pixel is the mean of a square, in 0 to 1 whatever the range", () => {
  const bytes = new Uint8Array(3 * 32 * 32);
  // Of the second colour, the four pixels of the third thumbnail pixel in the second row.
  for (const [y, x, value] of [[2, 4, 255], [2, 5, 255], [3, 4, 51], [3, 5, 0]]) {
    bytes[1024 + y * 32 + x] = value;
  }
  const { data, count } = thumbnails(bytes, 32, [0, 255]);
  assertEquals([count, data.length], [1, 768]);
  assertAlmostEquals(data[256 + 16 + 2], (255 + 255 + 51) / 4 / 255, 1e-6);
  assertEquals(data.filter((value) => value !== 0).length, 1);
  const floats = Float32Array.from(bytes, (byte) => byte / 127.5 - 1);
  thumbnails(floats, 32, [-1, 1]).data.forEach((value, i) => assertAlmostEquals(value, data[i], 1e-6));
  assertEquals(thumbnails(new Float32Array(768).fill(3), 16, [-1, 1]).data[0], 1); // clipped
  assertThrows(() => thumbnails(bytes, 24, [0, 255]), RangeError, "size: 24 where a multiple of 16");
});

Deno.test("the nearest are those with the smallest mean squared difference", () => {
  const values = [0, 0.5, 0.9, 0.4];
  const among = thumbnails(
    Float32Array.from({ length: 4 * 768 }, (_, i) => values[Math.floor(i / 768)]),
    16,
    [0, 1],
  );
  const near = nearest(among, 3, among, 3);
  assertEquals(near.map(({ index }) => index), [3, 1, 0]);
  assertAlmostEquals(near[1].distance, 0.01, 1e-6);
});

Deno.test("a mirrored picture is as near as the picture", () => {
  const half = Float32Array.from({ length: 768 }, (_, i) => i % 16 < 8 ? 0 : 1);
  const other = Float32Array.from(half, (value) => 1 - value);
  const of = thumbnails(Float32Array.of(...half, ...other, ...new Float32Array(768)), 16, [0, 1]);
  assertEquals(nearest(of, 0, of, 3).map(({ distance }) => distance), [0, 0, 0.5]);
});
