import { assertEquals, assertRejects } from "@std/assert";
import { sampleToEnd } from "../../lib/diffusion/sample.ts";
import { compositeByMask } from "../../lib/effects/composite.ts";
import { cascade, type CascadeOptions, type CascadeStep } from "../../lib/pipelines/cascade.ts";
import { imageToImage } from "../../lib/pipelines/image_to_image.ts";
import { imageToImageSuperResolution } from "../../lib/pipelines/image_to_image_super_resolution.ts";
import { inpaint } from "../../lib/pipelines/inpaint.ts";
import { inpaintSuperResolution } from "../../lib/pipelines/inpaint_super_resolution.ts";
import type { InpaintingRule } from "../../lib/pipelines/stage/inpainting_rule.ts";
import { prepareImage, prepareMask } from "../../lib/pipelines/prepare_image.ts";
import { superResolution } from "../../lib/pipelines/super_resolution.ts";
import { textToImage } from "../../lib/pipelines/text_to_image.ts";
import { Generator } from "../../lib/random.ts";
import { concat, full, map, repeat, slice, zeros } from "../../lib/tensor.ts";
import { FakeStage, pictures, texts } from "./fake_stage.ts";
import { openTiny } from "./tiny_deepfloyd.ts";

const [text, negative] = [texts(1), texts(0)];
const steps = { numInferenceSteps: 4 };
const told = { negative, first: steps, second: steps };
const models = () => [new FakeStage(false, {}, 8), new FakeStage(true, {}, 16)] as const;

async function run(options: CascadeOptions, embeddings = text): Promise<CascadeStep[]> {
  return await Array.fromAsync(cascade(models(), embeddings, options));
}

const image = slice(pictures(1, 40), 0, 32, 2); // [1, 3, 32, 40]
const mask = zeros([1, 1, 32, 40]);
mask.data.fill(1, 0, 600);

Deno.test("a cascade is both pipelines, with one generator", async () => {
  const [first, second] = models();
  const seed = new Generator(5);
  const small = await sampleToEnd(textToImage(first, text, { ...steps, negative, seed }));
  const large = await sampleToEnd(superResolution(second, text, small, { ...steps, negative, seed }));
  const all = await run({ ...told, seed: 5 });
  assertEquals(
    all.map(({ stage, index }) => [stage, index]),
    [1, 2].flatMap((stage) => {
      return [0, 1, 2, 3].map((index) => [stage, index]);
    }),
  );
  assertEquals([all[3].x, all[7].x], [small, large]);
  assertEquals(large.shape, [1, 3, 16, 16]);
});

Deno.test("a cascade from a picture prepares it for each stage", async () => {
  const [first, second] = models();
  const seed = new Generator(5);
  const [image8, image16] = [8, 16].map((size) => prepareImage(image, size, { crop: true }));
  const common = { ...steps, negative, seed, strength: 0.5 };
  const small = await sampleToEnd(imageToImage(first, text, image8, common));
  const large = await sampleToEnd(imageToImageSuperResolution(second, text, image16, small, common));
  const half = { ...steps, strength: 0.5 };
  const all = await run({ negative, seed: 5, image, first: half, second: half });
  assertEquals([all[1].x, all[3].x], [small, large]);
});

Deno.test("a cascade with a mask leaves the rest as it was", async () => {
  const [first, second] = models();
  const seed = new Generator(5);
  const [image8, image16] = [8, 16].map((size) => prepareImage(image, size, { crop: true }));
  const signed = map(mask, (value) => 2 * value - 1);
  const [mask8, mask16] = [8, 16].map((size) => prepareMask(signed, size, { crop: true }));
  const common = { ...steps, negative, seed };
  const small = await sampleToEnd(inpaint(first, text, image8, mask8, common));
  const large = await sampleToEnd(inpaintSuperResolution(second, text, image16, mask16, small, common));
  const all = await run({ ...told, seed: 5, image, mask });
  assertEquals([all[3].x, all[6].x], [small, large]);
  assertEquals(compositeByMask(mask16, image16, large), image16);
});

Deno.test("a cascade's pictures may have any shape, or that of their original", async () => {
  const wide = await run({ ...told, seed: 5, height: 8, width: 12 });
  assertEquals([wide[3].x.shape, wide[7].x.shape], [[1, 3, 8, 12], [1, 3, 16, 24]]);
  const [first, second] = models();
  const seed = new Generator(5);
  // 24 x 40: the longer side becomes the multiple of 8 that is nearest.
  const long = slice(image, 0, 24, 2);
  const [image8, image16] = [prepareImage(long, 8), prepareImage(long, 16)];
  assertEquals([image8.shape, image16.shape], [[1, 3, 8, 16], [1, 3, 16, 24]]);
  const common = { ...steps, negative, seed };
  const small = await sampleToEnd(imageToImage(first, text, image8, common));
  const large = await sampleToEnd(imageToImageSuperResolution(second, text, image16, small, common));
  const all = await run({ ...told, seed: 5, image: long, crop: false });
  assertEquals(all.at(-1)!.x, large);
});

Deno.test("a cascade draws several pictures of several texts, each from its own seed", async () => {
  const two = { ...told, negative: texts(0, 0), numImagesPerPrompt: 2, seed: [1, 2, 3, 4] };
  const images = repeat(image, 2);
  const masks = concat([map(mask, (value) => 1 - value), mask]);
  for (const edit of [{}, { image: images }, { image: images, mask }, { image: images, mask: masks }]) {
    const last = (await run({ ...two, ...edit }, texts(1, 2))).at(-1)!;
    assertEquals(last.x.shape, [4, 3, 16, 16]);
    const own = { image: "image" in edit ? image : undefined, mask: "mask" in edit ? mask : undefined };
    const alone = (await run({ ...told, ...own, seed: 4 }, texts(2))).at(-1)!;
    assertEquals(slice(last.x, 3, 4), alone.x);
  }
});

Deno.test("what a cascade's second stage is told is checked before the first one starts", async () => {
  const refused = async (options: Partial<CascadeOptions>, message: string, swapped = false) => {
    const [first, second] = models();
    const draw = cascade(swapped ? [second, first] : [first, second], text, { ...told, seed: 0, ...options });
    await assertRejects(() => draw.next(), RangeError, message);
    assertEquals(first.batches.length + second.batches.length, 0);
  };
  await refused({}, "model: a first-stage network where", true);
  await refused({ second: { numInferenceSteps: 0 } }, "numInferenceSteps: 0");
  await refused({ second: { noiseLevel: 1000 } }, "noiseLevel: 1000");
  await refused({ second: { eta: 1 } }, "eta: 1");
  await refused({ image, mask, second: { rule: "forget" as InpaintingRule } }, 'rule: "forget"');
  await refused({ second: { rule: "keep-original" } }, 'options: "rule" where one of');
  await refused({ image, second: { strength: 2 } }, "strength: 2");
  await refused({ negative: undefined }, "negative: none");
  await refused({ height: 10 }, "height: 10 where a multiple of 4 is expected");
  await refused({ image, width: 8 }, "width: 8 where none beside an image is expected (which has its own)");
  await refused({ seed: [1, 2] }, "seed: a list of 2");
  await refused({ mask }, "mask: given where an image beside it is expected");
  await refused({ image, mask: zeros([1, 1, 8, 8]) }, "mask: shape [1,1,8,8] where [1,1,32,40] is expected");
  await refused({ image, mask: full([1, 1, 32, 40], 255) }, "mask: 255 at index 0");
  await refused({ image: full([1, 3, 8, 8], 7) }, "image: 7 at index 0 where a number in [-1, 1]");
  await refused({ image: repeat(image, 2) }, "image: shape [2,3,8,8] where [1,3,H,W]");
  await refused({ first: { numInferenceSteps: 0 } }, "numInferenceSteps: 0");
});

Deno.test("a cascade stops in the second stage too", async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const stopped = async () => {
    for await (const { stage } of cascade(models(), text, { ...told, seed: 0, signal: controller.signal })) {
      if (seen.push(stage) === 6) controller.abort(new Error("enough"));
    }
  };
  await assertRejects(stopped, Error, "enough");
  assertEquals(seen, [1, 1, 1, 1, 2, 2]);
});

Deno.test("a cascade runs on networks of DeepFloyd IF's layout", async () => {
  await using first = await openTiny("I");
  await using second = await openTiny("II");
  const width = first.model.config.textWidth;
  const embeddings = new Generator(1).randn([1, 77, width]);
  const options = { negative: zeros([1, 77, width]), seed: 0, first: steps, second: steps };
  const all = await Array.fromAsync(cascade([first.model, second.model], embeddings, options));
  assertEquals(all.length, 8);
  assertEquals(all.every(({ x }) => x.data.every(Number.isFinite)), true);
});
