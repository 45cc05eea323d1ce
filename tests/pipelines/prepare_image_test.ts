import { assertEquals, assertThrows } from "@std/assert";
import { resize } from "../../lib/image/resize.ts";
import { preparedSize, prepareImage, prepareMask } from "../../lib/pipelines/prepare_image.ts";
import { concat, full, map, reshape, slice, type Tensor, tensor } from "../../lib/tensor.ts";
import { pictures } from "./fake_stage.ts";

const wide = slice(pictures(1, 32), 0, 24, 2); // [1, 3, 24, 32]

Deno.test("sizes are DeepFloyd IF's: the shorter side fits, the longer is a multiple of 8", () => {
  assertEquals(preparedSize(480, 640, 64), [64, 88]);
  assertEquals(preparedSize(640, 480, 64), [88, 64]);
  assertEquals(preparedSize(500, 500, 256), [256, 256]);
  assertEquals(preparedSize(480, 640, 256), [256, 344]);
  assertEquals(preparedSize(480, 640, 256, 16), [256, 336]);
  // Halves go to the even number, as Python rounds: 8 * 1.0625 = 8.5, and 8 * 1.1875 = 9.5.
  assertEquals(preparedSize(16, 17, 64), [64, 64]);
  assertEquals(preparedSize(16, 19, 64), [64, 80]);
});

Deno.test("a picture is resized as Pillow does, and has the values of bytes", () => {
  const prepared = prepareImage(wide, 16);
  assertEquals(prepared.shape, [1, 3, 16, 24]);
  assertEquals(prepared, resize(wide, 16, 24, { bytes: true }));
  assertEquals(
    prepared.data.every((v) => Math.abs((v + 1) * 127.5 - Math.round((v + 1) * 127.5)) < 1e-4),
    true,
  );
});

Deno.test("cropping leaves the middle square", () => {
  const prepared = prepareImage(wide, 16, { crop: true });
  assertEquals(prepared, slice(prepareImage(wide, 16), 4, 20, 3));
  const tall = tensor(Float32Array.from({ length: 3 * 32 * 16 }, () => 0.2), [3, 32, 16]);
  assertEquals(prepareImage(tall, 16, { crop: true }).shape, [1, 3, 16, 16]);
  assertEquals(prepareImage(wide, 32, { multiple: 32 }).shape, [1, 3, 32, 32]);
});

Deno.test("one picture, several, and gray ones are taken", () => {
  const several = concat([wide, map(wide, (v) => -v)]);
  assertEquals(slice(prepareImage(several, 16), 0, 1), prepareImage(reshape(wide, [3, 24, 32]), 16));
  const gray = slice(wide, 0, 1, 1);
  assertEquals(prepareImage(gray, 16), prepareImage(concat([gray, gray, gray], 1), 16));
});

Deno.test("a mask's light pixels are to be repainted", () => {
  const bytes = [0, 127, 128, 255].map((v) => v / 127.5 - 1);
  const row = (values: number[]) => values.flatMap((v) => [v, v]);
  const mask: Tensor = tensor(Float32Array.from(Array(8).fill(row(bytes)).flat()), [1, 8, 8]);
  const prepared = prepareMask(mask, 8);
  assertEquals(prepared.shape, [1, 1, 8, 8]);
  assertEquals([...prepared.data.slice(0, 8)], row([0, 0, 1, 1]));
  assertEquals(prepareMask(concat([mask, mask, mask], 2), 8, { crop: true }).shape, [1, 1, 8, 8]);
});

Deno.test("other shapes, sizes and values are refused", () => {
  assertThrows(() => prepareImage(full([2, 8, 8], 0), 8), RangeError, "image: shape [2,8,8] where [1, H, W]");
  assertThrows(() => prepareImage(full([8, 8], 0), 8), RangeError, "image: shape [8,8] where");
  assertThrows(() => prepareMask(full([3, 8, 8], 0), 8), RangeError, "mask: shape [3,8,8] where [1, H, W]");
  assertThrows(() => prepareImage(full([3, 0, 8], 0), 8), RangeError, "height: 0 where");
  assertThrows(
    () => prepareImage(full([3, 8, 8], 255), 8),
    RangeError,
    "image: 255 at index 0 where a number in [-1, 1] is expected",
  );
  assertThrows(() => prepareMask(full([1, 8, 8], NaN), 8), RangeError, "mask: NaN at index 0");
  for (const size of [0, 1.5, NaN]) {
    assertThrows(() => prepareImage(full([3, 8, 8], 0), size), RangeError, `size: ${size} where`);
  }
  assertThrows(
    () => prepareImage(full([3, 8, 8], 0), 28),
    RangeError,
    "size: 28 where a multiple of 8 is expected",
  );
  assertThrows(
    () => prepareImage(full([3, 8, 8], 0), 24, { multiple: 16 }),
    RangeError,
    "size: 24 where a multiple of 16 is expected",
  );
});
