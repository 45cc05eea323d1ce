/** How large a picture may be is known from its header, and follows from the memory that there is. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ArgumentError } from "../../lib/argument_error.ts";
import {
  decodeImage,
  decodeMask,
  DECODING_BYTES,
  encodePng,
  ImageError,
  MAX_PIXELS,
} from "../../lib/image.ts";
import { full } from "../../lib/tensor.ts";
import { openImages } from "../../report/mod.ts";
import { uploadPixels } from "../../server/store/upload_pixels.ts";

Deno.test("a picture of more pixels than are wanted is refused by its header alone", async () => {
  const file = encodePng(full([3, 20, 30], 0.5));
  // Damaged behind the header: whoever decodes it says so.
  const damaged = file.slice(0, 45);
  assertEquals((await decodeImage(file, { maxPixels: 600 })).shape, [3, 20, 30]);
  await assertRejects(() => decodeImage(damaged, { maxPixels: 600 }), ImageError, "damaged PNG");
  const message = "bytes: PNG of 30 x 20 where at most 599 pixels are expected";
  await assertRejects(() => decodeImage(damaged, { maxPixels: 599 }), ImageError, message);
  await assertRejects(() => decodeMask(damaged, { maxPixels: 599 }), ImageError, message);
  await assertRejects(
    () => openImages(() => Promise.resolve(damaged), { maxPixels: 599 }).mask("own"),
    ArgumentError,
    "mask: PNG of 30 x 20 where at most 599 pixels are expected",
  );
  for (const maxPixels of [0, -1, 1.5, NaN, Infinity]) {
    await assertRejects(() => decodeImage(file, { maxPixels }), RangeError, `maxPixels: ${maxPixels} where`);
  }
});

Deno.test("a worker of the gallery decodes what is sent within its memory", () => {
  for (const megabytes of [200, 1000, 4000, 16_000]) {
    const pixels = uploadPixels(megabytes);
    assert(Number.isInteger(pixels) && pixels <= Math.min(16e6, MAX_PIXELS));
    assert(pixels * DECODING_BYTES < megabytes * 1e6 / 2);
  }
  assert(uploadPixels(200) >= 768 * 768, "what the browser sends fits at the least");
  assertEquals([uploadPixels(200), uploadPixels(4000), uploadPixels(1e6)], [781_000, 15_625_000, 16_000_000]);
});
