/** The pictures of the report, those of the user, and what is refused. */
import { assertEquals, assertRejects } from "@std/assert";
import { ArgumentError } from "../../lib/argument_error.ts";
import { encodePng } from "../../lib/image.ts";
import { full } from "../../lib/tensor.ts";
import { openImages, reportImages } from "../../report/mod.ts";
import { sourceImage, sourceMask } from "../../report/source_image.ts";

const drawn = { photographic: false, size: 32 };
const photographic = { photographic: true, size: 32 };

Deno.test("every picture can be read, and every mask has the size of its picture", async () => {
  const images = openImages();
  for (const { id, mask } of reportImages) {
    if (!mask) assertEquals((await images.picture(id)).shape[0], 3);
    else {assertEquals((await images.mask(id)).shape, [
        1,
        ...(await images.picture(id.replace("mask-", ""))).shape.slice(1),
      ]);}
  }
});

Deno.test("photographs take the place of drawings where a network draws photographs, and masks follow them", async () => {
  const context = { images: openImages() };
  for (
    const [id, photograph] of [["cat", "photo-cat"], ["latte", "photo-latte"], ["campanile", "campanile"]]
  ) {
    assertEquals(await sourceImage(id, photographic, context), await sourceImage(photograph, drawn, context));
    const mask = (image: string, model: typeof drawn) =>
      sourceMask(`mask-${image}`, image, model, context, "mask");
    assertEquals(await mask(id, photographic), await mask(photograph, drawn));
  }
});

Deno.test("the user's own pictures are read, and what is no picture or too large is refused", async () => {
  // A PNG's header with a size that nobody wants to decode.
  const huge = encodePng(full([3, 1, 1], 0)).slice();
  new DataView(huge.buffer).setUint32(16, 60_000);
  new DataView(huge.buffer).setUint32(20, 1_000);
  const files: Record<string, Uint8Array> = {
    "own": encodePng(full([3, 5, 7], 0.5)),
    "text": new TextEncoder().encode("no picture"),
    huge,
  };
  const images = openImages((id) => Promise.resolve(files[id]));
  assertEquals((await images.picture("own")).shape, [3, 5, 7]);
  assertEquals((await images.mask("own")).shape, [1, 5, 7]);
  await assertRejects(() => images.picture("text"), ArgumentError, "image: ");
  await assertRejects(() => images.picture("huge"), ArgumentError, "at most 50 megapixels");
  await assertRejects(() => images.picture("none"), RangeError, 'image: "none" where one of campanile, cat');
  await assertRejects(() => images.mask("none"), RangeError, 'mask: "none" where one of mask-campanile');
  const context = { images };
  await assertRejects(
    () => sourceMask("own", "cat", drawn, context, "scenes[2].mask"),
    RangeError,
    "scenes[2].mask: 7 x 5 pixels where the picture's 256 x 256 are expected",
  );
});
