/** Masks lie on black, pictures on white: what is transparent is not masked, and paper. */
import { assertEquals, assertRejects } from "@std/assert";
import { decodeImage, decodeMask, encodePng, toPixels } from "../../lib/image.ts";
import { prepareMask } from "../../lib/pipelines/prepare_image.ts";
import { openImages } from "../../report/mod.ts";
import { readSources } from "../../cli/sample/source_images.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { input } from "./files.ts";

const white = ({ data }: Tensor) => [...data].filter((value) => value >= 0).length;
const gray = (x: Tensor) => [...toPixels(x).data].filter((_, i) => i % 4 === 0);

Deno.test("a mask of strokes on nothing covers the strokes alone, whichever way it comes in", async () => {
  const strokes = await input("strokes_on_transparent.png");
  const mask = await decodeMask(strokes);
  assertEquals(mask.shape, [1, 32, 32]);
  assertEquals(white(mask), 256);
  assertEquals(prepareMask(mask, 32).data.filter((value) => value === 1).length, 256);

  const path = new URL("../fixtures/inputs/strokes_on_transparent.png", import.meta.url).pathname;
  const { mask: source, image } = await readSources(path, path);
  assertEquals(white(source!.picture), 256);
  assertEquals(image!.picture.shape, [1, 3, 32, 32]);

  assertEquals(white(await openImages(() => Promise.resolve(strokes)).mask("own")), 256);
});

Deno.test("what is half transparent counts by half; black strokes on nothing mask nothing", async () => {
  const data = Uint8Array.of(
    255,
    255,
    255,
    127,
    255,
    255,
    255,
    128,
    0,
    0,
    0,
    255,
    0,
    0,
    0,
    0,
    255,
    255,
    255,
    255,
  );
  const file = encodePng({ width: 5, height: 1, data });
  assertEquals(gray(await decodeMask(file)), [127, 128, 0, 0, 255]);
  assertEquals(gray(await decodeImage(file, { channels: 1 })), [127, 128, 0, 0, 255]);
  assertEquals(gray(await decodeImage(file, { channels: 1, background: "white" })), [255, 255, 0, 255, 255]);
  assertEquals(gray(await decodeImage(file)), [255, 255, 0, 255, 255]);
  await assertRejects(
    () => decodeImage(file, { background: "gray" as "white" }),
    RangeError,
    'background: "gray" where white or black is expected',
  );
});

Deno.test("an opaque mask is what it was", async () => {
  const data = Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 255, 128, 128, 128, 255);
  assertEquals(gray(await decodeMask(encodePng({ width: 3, height: 1, data }))), [0, 255, 128]);
});

Deno.test("a GIF's transparent colour is transparent", async () => {
  // Two pixels of a palette of two colours, of which the first is transparent.
  const gif = Uint8Array.of(
    ...[0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 2, 0, 1, 0, 0x80, 0, 0, 90, 90, 90, 255, 255, 255],
    ...[0x21, 0xf9, 4, 1, 0, 0, 0, 0],
    ...[0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x44, 0x0a, 0, 0x3b],
  );
  assertEquals(gray(await decodeMask(gif)), [0, 255]);
  assertEquals(gray(await decodeImage(gif)), [255, 255]);
});
