/** What a section says of a picture as a generation is what it takes to make the picture again, by the library alone. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { sampleToEnd } from "../../lib/diffusion/mod.ts";
import {
  generate,
  type GenerationOptions,
  readGenerationText,
  STORED_KEYWORD,
} from "../../lib/generation/mod.ts";
import { decodeImage, decodeMask, upscaleNearest } from "../../lib/image.ts";
import { openDeepFloyd, openMnistModel } from "../../lib/models/mod.ts";
import { encodePrompts, openTextToImage, sampleDigits } from "../../lib/pipelines/mod.ts";
import { map, reshape, slice, type Tensor } from "../../lib/tensor.ts";
import { GENERATION_KEYWORD, openImages, openModels, sections } from "../../report/mod.ts";
import { distance, eventsOf, figuresOf, picturesOf } from "./run_section.ts";

/** Bytes of an image differ by so much where batches are computed in another order. */
const NEARLY = 3 / 127.5;

/** A section, parameters that take little time, and the figures whose pictures are generations. */
const cases: readonly [id: string, parameters: Record<string, unknown>, figures: readonly string[]][] = [
  ["sampling", { prompts: ["a cat", "a rocket ship"], stepCounts: [2, 3], upscaleSteps: 2 }, [
    "stage-1",
    "stage-2",
  ]],
  ["trajectory", { steps: 4, guidance: 0 }, ["moments"]],
  ["from-noise", { stride: 300, count: 2 }, ["samples"]],
  ["guidance", { stride: 300, count: 2, scales: [0, 3] }, ["samples", "scales"]],
  ["anagrams", {
    pairs: [{ upright: "a photo of a cat", turned: "a photo of a frog" }, {
      upright: "a photo of a fox",
      turned: "a photo of a dog",
    }],
    view: "jigsaw",
    steps: 2,
    upscaleSteps: 2,
  }, ["stage-1", "stage-2"]],
  [
    "hybrids",
    { pairs: [{ far: "a photo of a cat", near: "a photo of a frog" }], steps: 2, upscaleSteps: 2 },
    [
      "stage-1",
      "stage-2",
    ],
  ],
  ["image-to-image", { images: ["cat", "latte"], starts: [1, 2], stride: 250 }, ["edits"]],
  ["inpainting", { stride: 300, rule: "repaint" }, ["inpainted"]],
  ["inpainting", { stride: 300, rule: "keep-original" }, ["inpainted"]],
  ["class-unet", { rows: 1, steps: 2 }, ["samples"]],
  ["time-unet", { rows: 1, steps: 3 }, ["samples"]],
];

/** The picture of a generation, `[C, H, W]`, within its range. */
async function generated(options: GenerationOptions, picture: number): Promise<Tensor> {
  if (options.of === "digits") {
    await using model = await openMnistModel(options.model, { threads: 1 });
    const row = options.prompts.length ? [...options.prompts[0]].map(Number) : [null];
    const labels = Array.from({ length: options.count }, () => row).flat();
    const { seed, sampler, steps: numInferenceSteps, guidance: guidanceScale } = options;
    const x = await sampleToEnd(
      sampleDigits(model, labels, { seed, sampler, numInferenceSteps, guidanceScale }),
    );
    const [low, high] = model.spec.range;
    return map(pictureOf(x, picture), (v) => 2 * (v - low) / (high - low) - 1);
  }
  await using pipeline = await openTextToImage(options.model, { threads: 1 });
  const embeddings = await encodePrompts(pipeline, options.prompts, options.negative);
  const parts = options.effect?.parts.map(({ prompt }) => prompt);
  const { textLength } = pipeline;
  await using second = options.upscale
    ? await openDeepFloyd(options.upscale.model, { threads: 1, textLength })
    : undefined;
  const { image, mask } = options;
  return pictureOf(
    await sampleToEnd(generate(options, {
      models: [await pipeline.network(), second],
      embeddings,
      ...(parts && { partEmbeddings: await pipeline.encode(parts) }),
      ...(image && { image: inBatch(await decodeImage(await Deno.readFile(image.path))) }),
      ...(mask && { mask: inBatch(await decodeMask(await Deno.readFile(mask.path))) }),
    })),
    picture,
  );
}

const inBatch = (x: Tensor) => reshape(x, [1, ...x.shape]);

function pictureOf(x: Tensor, picture: number): Tensor {
  return reshape(slice(x, picture - 1, picture), x.shape.slice(1));
}

/** As a sheet shows it: with colours, in larger pixels, cut to what bytes hold. */
function shown(picture: Tensor, like: Tensor): Tensor {
  const large = upscaleNearest(picture, like.shape[2] / picture.shape[2]);
  const { length } = like.data;
  return {
    data: Float32Array.from({ length }, (_, i) => clipped(large.data[i % large.data.length])),
    shape: like.shape,
  };
}

const clipped = (value: number) => Math.min(Math.max(value, -1), 1);

for (const [id, parameters, names] of cases) {
  Deno.test(`${id} says how its pictures are generated: ${JSON.stringify(parameters).slice(0, 60)}`, async () => {
    await using models = openModels({ threads: 1 });
    const context = { models, images: openImages(), signal: new AbortController().signal, previews: false };
    const section = sections.find((section) => section.id === id)!;
    const figures = figuresOf(await eventsOf(section, parameters, context));
    for (const name of names) {
      const figure = figures.get(name)!;
      const pictures = await picturesOf(figure);
      const told = figure.cells.filter(({ generation }) => generation);
      assert(told.length > 0, `${name}: no picture is a generation`);
      for (const { row, column, generation } of told) {
        const { options, picture } = readGenerationText(JSON.stringify(generation));
        const again = shown(await generated(options, picture!), pictures[row][column]);
        assertLess(distance(again, pictures[row][column]), NEARLY, `${name}, row ${row}, column ${column}`);
        // Another seed is another picture: what is compared depends on the options.
        if (row + column === 0 && !options.image) {
          const other = shown(await generated({ ...options, seed: options.seed + 1 }, picture!), again);
          assert(distance(other, again) > 10 * NEARLY, "the seed makes no difference");
        }
      }
    }
  });
}

Deno.test("a page stores generations under the library's keyword", () => {
  assertEquals(GENERATION_KEYWORD, STORED_KEYWORD);
});

Deno.test("pictures of other kinds are no generations", async () => {
  await using models = openModels({ threads: 1 });
  const context = { models, images: openImages(), signal: new AbortController().signal, previews: false };
  const section = sections.find(({ id }) => id === "hybrids")!;
  const parameters = {
    pairs: [{ far: "a photo of a cat", near: "a photo of a frog" }],
    ...{ kernel: 9, steps: 1, upscale: "none" },
  };
  const figures = figuresOf(await eventsOf(section, parameters, context));
  assertEquals(figures.get("stage-1")!.cells.filter(({ generation }) => generation), []);
});
