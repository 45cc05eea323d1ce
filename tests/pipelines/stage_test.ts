/** What all pipelines have in common: guidance, batches, samplers, the order of the noise, and what they refuse. */
import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { type SampleStep, sampleToEnd } from "../../lib/diffusion/sample.ts";
import type { SamplerName } from "../../lib/diffusion/samplers/mod.ts";
import { addNoise } from "../../lib/diffusion/schedule.ts";
import { imageToImage, imageToImageDefaults } from "../../lib/pipelines/image_to_image.ts";
import {
  imageToImageSuperResolution,
  imageToImageSuperResolutionDefaults,
} from "../../lib/pipelines/image_to_image_super_resolution.ts";
import { inpaint, inpaintDefaults } from "../../lib/pipelines/inpaint.ts";
import {
  inpaintSuperResolution,
  inpaintSuperResolutionDefaults,
  type InpaintSuperResolutionOptions,
} from "../../lib/pipelines/inpaint_super_resolution.ts";
import type { InpaintingRule } from "../../lib/pipelines/stage/inpainting_rule.ts";
import type { ImageSize } from "../../lib/pipelines/stage/image_size.ts";
import type { StageModel } from "../../lib/pipelines/stage/stage.ts";
import { superResolution, superResolutionDefaults } from "../../lib/pipelines/super_resolution.ts";
import { textToImage, textToImageDefaults } from "../../lib/pipelines/text_to_image.ts";
import { pickOptions } from "../../lib/options.ts";
import type { GuidanceRule } from "../../lib/effects/guidance.ts";
import { upsampleBilinear } from "../../lib/pipelines/stage/upsample.ts";
import { full, map, slice, type Tensor, zeros } from "../../lib/tensor.ts";
import { FakeStage, pictures, RecordingGenerator, SIZE, texts } from "./fake_stage.ts";
import {
  imageToImageOptionNames,
  imageToImageSuperResolutionOptionNames,
  inpaintOptionNames,
  inpaintSuperResolutionOptionNames,
  superResolutionOptionNames,
  textToImageOptionNames,
} from "../../lib/pipelines/stage/option_names.ts";

/** The pictures of a call, that a test may replace. */
interface Scenery {
  readonly text: Tensor;
  readonly image: Tensor;
  readonly mask: Tensor;
  readonly lowRes: Tensor;
}

const mask = zeros([1, 1, SIZE, SIZE]);
mask.data.fill(1, 20, 40);
const scenery: Scenery = { text: texts(1), image: pictures(1), mask, lowRes: pictures(1, 4) };
const short: InpaintSuperResolutionOptions = {
  seed: 0,
  negative: texts(0),
  numInferenceSteps: 4,
  strength: 1,
};

/** Draws with those of the options that the pipeline has: it refuses others. */
type Draw = (
  model: StageModel,
  scenery: Scenery,
  options: InpaintSuperResolutionOptions & ImageSize,
) => AsyncGenerator<SampleStep>;

/** The options that have defaults. */
const optional = [
  ...["numImagesPerPrompt", "numInferenceSteps", "timesteps", "guidanceScale", "sampler", "eta"],
  ...["signal", "strength", "rule", "noiseLevel"],
];

/** Every pipeline: whether it needs a super-resolution network, an original and a mask. */
const pipelines: Readonly<
  Record<string, { draw: Draw; enlarges: boolean; image: boolean; mask: boolean; defaults: object }>
> = {
  textToImage: {
    draw: (model, { text }, options) =>
      textToImage(model, text, pickOptions(options, textToImageOptionNames)),
    enlarges: false,
    image: false,
    mask: false,
    defaults: textToImageDefaults,
  },
  imageToImage: {
    draw: (model, { text, image }, options) =>
      imageToImage(model, text, image, pickOptions(options, imageToImageOptionNames)),
    enlarges: false,
    image: true,
    mask: false,
    defaults: imageToImageDefaults,
  },
  inpaint: {
    draw: (model, { text, image, mask }, options) =>
      inpaint(model, text, image, mask, pickOptions(options, inpaintOptionNames)),
    enlarges: false,
    image: true,
    mask: true,
    defaults: inpaintDefaults,
  },
  superResolution: {
    draw: (model, { text, lowRes }, options) =>
      superResolution(model, text, lowRes, pickOptions(options, superResolutionOptionNames)),
    enlarges: true,
    image: false,
    mask: false,
    defaults: superResolutionDefaults,
  },
  imageToImageSuperResolution: {
    draw: (model, { text, image, lowRes }, options) => {
      return imageToImageSuperResolution(
        model,
        text,
        image,
        lowRes,
        pickOptions(options, imageToImageSuperResolutionOptionNames),
      );
    },
    enlarges: true,
    image: true,
    mask: false,
    defaults: imageToImageSuperResolutionDefaults,
  },
  inpaintSuperResolution: {
    draw: (model, { text, image, mask, lowRes }, options) => {
      return inpaintSuperResolution(
        model,
        text,
        image,
        mask,
        lowRes,
        pickOptions(options, inpaintSuperResolutionOptionNames),
      );
    },
    enlarges: true,
    image: true,
    mask: true,
    defaults: inpaintSuperResolutionDefaults,
  },
};

Deno.test("the defaults are DeepFloyd IF's", () => {
  assertEquals(textToImageDefaults, { numInferenceSteps: 100, guidanceScale: 7 });
  assertEquals(imageToImageDefaults, { numInferenceSteps: 80, guidanceScale: 10, strength: 0.7 });
  assertEquals(inpaintDefaults, {
    numInferenceSteps: 50,
    guidanceScale: 7,
    strength: 1,
    rule: "keep-original",
  });
  assertEquals(superResolutionDefaults, { numInferenceSteps: 50, guidanceScale: 4, noiseLevel: 250 });
  assertEquals(imageToImageSuperResolutionDefaults, {
    numInferenceSteps: 50,
    guidanceScale: 4,
    strength: 0.8,
    noiseLevel: 250,
  });
  assertEquals(inpaintSuperResolutionDefaults, {
    numInferenceSteps: 100,
    guidanceScale: 4,
    strength: 0.8,
    noiseLevel: 0,
    rule: "keep-original",
  });
});

for (const [name, { draw, enlarges, image, mask, defaults }] of Object.entries(pipelines)) {
  Deno.test(`${name}: the defaults are what it does, and undefined is not given`, async () => {
    const count = async (options: Partial<InpaintSuperResolutionOptions>) => {
      const model = new FakeStage(enlarges);
      await sampleToEnd(draw(model, scenery, { ...options, seed: 0, negative: texts(0) }));
      return model.batches.length;
    };
    const { numInferenceSteps, strength = 1 } = defaults as typeof imageToImageDefaults;
    const steps = Math.trunc(numInferenceSteps * strength);
    assertEquals(await count({}), steps);
    assertEquals(await count(Object.fromEntries(optional.map((key) => [key, undefined]))), steps);
  });

  Deno.test(`${name}: noise is drawn for the start, the small pictures, then each step but the last`, async () => {
    const seed = new RecordingGenerator(0);
    await sampleToEnd(draw(new FakeStage(enlarges), scenery, { ...short, seed }));
    const shapes = seed.draws.map(({ shape }) => shape);
    assertEquals(shapes, Array(enlarges ? 5 : 4).fill([1, 3, SIZE, SIZE]));
    const deterministic = new RecordingGenerator(0);
    await sampleToEnd(
      draw(new FakeStage(enlarges), scenery, { ...short, seed: deterministic, sampler: "ddim" }),
    );
    assertEquals(deterministic.draws.length, enlarges ? 2 : 1);
  });

  Deno.test(`${name}: without a picture the start is the first draw, with one it is mixed in`, async () => {
    const model = new FakeStage(enlarges);
    const seed = new RecordingGenerator(0);
    await sampleToEnd(draw(model, scenery, { ...short, seed }));
    const [{ input }] = model.batches[0];
    assertEquals(input.lowRes !== undefined, enlarges);
    if (!image) assertEquals(input.x, seed.draws[0]);
    else assertNotEquals(input.x, seed.draws[0]);
    if (input.lowRes) {
      const { noiseLevel } = defaults as { noiseLevel: number };
      const enlarged = upsampleBilinear(scenery.lowRes, SIZE, SIZE);
      assertEquals(input.lowRes, addNoise(enlarged, seed.draws[1], noiseLevel, model.noising!.schedule));
    }
    // The noise in the small pictures is drawn once: the network sees the same ones at every step.
    for (const [query] of model.batches) assertEquals(query.input.lowRes, input.lowRes);
  });

  Deno.test(`${name}: guidance asks what its scale needs, by the formula unless diffusers' rule is named`, async () => {
    const [text, both] = [[1], [0, 1]];
    const expected: [number | undefined, GuidanceRule | undefined, number[]][] = [
      ...[undefined, 1.01, 0.5, -3].map((scale) => [scale, undefined, both] as [number, undefined, number[]]),
      [1, undefined, text],
      [0, "formula", [0]],
      ...[1, 0.5, 0, -3].map((scale) => [scale, "diffusers", text] as [number, GuidanceRule, number[]]),
      [1.01, "diffusers", both],
    ];
    for (const [guidanceScale, guidanceRule, questions] of expected) {
      const model = new FakeStage(enlarges);
      const negative = questions.includes(0) ? texts(0) : undefined;
      await sampleToEnd(draw(model, scenery, { ...short, negative, guidanceScale, guidanceRule }));
      const asked = model.batches[0].map(({ condition }) => condition.inputs.text.data[0]);
      assertEquals(asked, questions);
      const levels = model.prepared.flat().map(({ noiseLevel }) => noiseLevel);
      const { noiseLevel } = defaults as { noiseLevel?: number };
      assertEquals(levels, Array(questions.length).fill(noiseLevel));
    }
  });

  Deno.test(`${name}: several texts, and several pictures of each, next to one another`, async () => {
    const model = new FakeStage(enlarges);
    const two: Scenery = {
      ...scenery,
      text: texts(1, 2),
      image: pictures(2),
      lowRes: pictures(2, 4),
    };
    const options = {
      ...short,
      negative: texts(0, 0),
      numImagesPerPrompt: 2,
      noiseLevel: 0,
      guidanceScale: 2,
    };
    const seed = [1, 2, 3, 4];
    const steps: SampleStep[] = [];
    for await (const step of draw(model, two, { ...options, seed })) steps.push(step);
    assertEquals(steps[3].x.shape, [4, 3, SIZE, SIZE]);
    const [empty, full] = model.batches[0].map(({ condition }) => [...condition.inputs.text.data]);
    assertEquals([empty, full], [[0, 0, 0, 0], [1, 1, 2, 2]]);
    // Each is the picture that its text, its original and its seed give alone.
    for (const n of [0, 1, 2, 3]) {
      const row = (x: Tensor) => slice(x, Math.trunc(n / 2), Math.trunc(n / 2) + 1);
      const alone = await sampleToEnd(draw(
        new FakeStage(enlarges),
        { ...scenery, text: row(two.text), image: row(two.image), lowRes: row(two.lowRes) },
        { ...options, negative: texts(0), numImagesPerPrompt: 1, seed: seed[n] },
      ));
      assertEquals(slice(steps[3].x, n, n + 1), alone);
    }
  });

  Deno.test(`${name}: every sampler runs, and the variance is used where the scheduler says so`, async () => {
    const run = (sampler: SamplerName, settings = {}, eta?: number) => {
      return sampleToEnd(draw(new FakeStage(enlarges, settings), scenery, { ...short, sampler, eta }));
    };
    const learned = await run("ddpm");
    const small = await run("ddpm", { variance: "fixed_small" });
    assertNotEquals(learned, small);
    for (const sampler of ["ddim", "dpm-solver++"] as const) {
      const out = await run(sampler);
      assertEquals(out, await run(sampler, { variance: "fixed_small" }));
      assertEquals(out.data.every((value) => Number.isFinite(value)), true);
    }
    assertNotEquals(await run("ddim", {}, 1), await run("ddim"));
  });

  Deno.test(`${name}: a signal stops it`, async () => {
    const controller = new AbortController();
    let steps = 0;
    const run = async () => {
      const options = { ...short, signal: controller.signal };
      for await (const _ of draw(new FakeStage(enlarges), scenery, options)) {
        if (++steps === 2) controller.abort(new Error("enough"));
      }
    };
    await assertRejects(run, Error, "enough");
    assertEquals(steps, 2);
    await assertRejects(run, Error, "enough");
    assertEquals(steps, 2);
  });

  Deno.test(`${name}: options are checked before anything is drawn`, async () => {
    const refused = async (
      options: Partial<InpaintSuperResolutionOptions>,
      message: string,
      changes: Partial<Scenery> = {},
      model = new FakeStage(enlarges),
    ) => {
      const seed = options.seed ?? new RecordingGenerator(0);
      const steps = draw(model, { ...scenery, ...changes }, { ...short, ...options, seed });
      await assertRejects(() => sampleToEnd(steps), RangeError, message);
      assertEquals(model.batches.length + model.prepared.length, 0);
      if (seed instanceof RecordingGenerator) assertEquals(seed.draws.length, 0);
    };
    const other = new FakeStage(!enlarges);
    const [found, expected] = enlarges
      ? ["first-stage", "super-resolution"]
      : ["super-resolution", "first-stage"];
    await refused({}, `model: a ${found} network where a ${expected} network is expected`, {}, other);
    await refused({}, "text: shape [4,5] where embeddings [N, L, D]", { text: zeros([4, 5]) });
    await refused({}, "text: shape [0,4,5] where", { text: zeros([0, 4, 5]) });
    await refused({ negative: undefined }, "negative: none where embeddings [1,4,5] are expected");
    await refused(
      { negative: texts(0, 0) },
      "negative: shape [2,4,5] where the text's [1,4,5] is expected",
    );
    await refused({ negative: zeros([1, 20]) }, "negative: shape [1,20] where embeddings");
    for (const guidanceScale of [NaN, Infinity]) {
      await refused({ guidanceScale }, `guidanceScale: ${guidanceScale} where a finite number is expected`);
    }
    for (const guidanceScale of [1e308, -1001]) {
      await refused({ guidanceScale }, `guidanceScale: ${guidanceScale} where a number from -1000 to 1000`);
    }
    await refused({ negative: undefined, guidanceScale: 0 }, "negative: none where embeddings [1,4,5]");
    await refused(
      { guidanceRule: "imagen" as GuidanceRule },
      'guidanceRule: "imagen" where formula or diffusers is expected',
    );
    for (const numImagesPerPrompt of [0, 1.5, NaN]) {
      await refused({ numImagesPerPrompt }, `numImagesPerPrompt: ${numImagesPerPrompt} where a whole number`);
    }
    await refused({ seed: [1, 2] }, "seed: a list of 2 where one for each of 1 images is expected");
    await refused({ seed: 0.5 }, "seed: 0.5 where an integer is expected");
    await refused({ numInferenceSteps: 0 }, "numInferenceSteps: 0 where a whole number from 1 to 1000");
    await refused({ timesteps: [3] }, "numInferenceSteps: 4 where none beside timesteps is expected");
    await refused(
      { numInferenceSteps: undefined, timesteps: [1, 2] },
      "timesteps[1]: 2 where a whole number from 0 to 0 is expected",
    );
    await refused(
      { sampler: "rk4" as SamplerName },
      'sampler: "rk4" where one of ddpm, ddim, ',
    );
    await refused({ eta: 0.5 }, "eta: 0.5 where 0 is expected");
    await refused({ eta: 2, sampler: "ddim" }, "eta: 2 where a number in [0, 1] is expected");
    if (image) {
      for (const strength of [0, 1.1, -1, NaN]) {
        await refused({ strength }, `strength: ${strength} where a number in (0, 1] is expected`);
      }
      await refused(
        { strength: 0.1 },
        "strength: 0.1 where a larger number is expected (since it leaves none of 4 timesteps)",
      );
      await refused({}, "image: shape [2,3,8,8] where [1,3,H,W]", { image: pictures(2) });
      await refused({}, "image: shape [1,3,8,6] where [1,3,a multiple of 4,a multiple of 4]", {
        image: pictures(1, 8, 0, 6),
      });
      await refused({}, "image: shape [1,1,8,8] where [1,3,H,W]", { image: zeros([1, 1, 8, 8]) });
      await refused({}, "image: shape [1,3,0,8] where [1,3,H,W]", { image: zeros([1, 3, 0, 8]) });
      await refused({}, "image: shape [3,8,8] where [1,3,", { image: zeros([3, 8, 8]) });
      await refused({}, "image: NaN at index 0 where a finite", { image: full([1, 3, 8, 8], NaN) });
      for (const value of [255, 2, 1.01, -1.01]) {
        const message = `image: ${Math.fround(value)} at index 5 where a number in [-1, 1] is expected`;
        await refused({}, message, { image: map(zeros([1, 3, 8, 8]), (_, i) => i === 5 ? value : 0) });
      }
    }
    if (mask) {
      await refused({}, "mask: shape [1,1,4,4] where [1,1,8,8] is expected", { mask: zeros([1, 1, 4, 4]) });
      await refused({}, "mask: shape [2,1,8,8] where", { mask: zeros([2, 1, 8, 8]) });
      await refused({}, "mask: 2 at index 0 where a number in [0, 1]", { mask: full([1, 1, 8, 8], 2) });
      await refused(
        { rule: "forget" as InpaintingRule },
        'rule: "forget" where one of keep-original, renoise-original, repaint is expected',
      );
    }
    if (enlarges) {
      for (const noiseLevel of [-1, 1000, 0.5, NaN]) {
        await refused({ noiseLevel }, `noiseLevel: ${noiseLevel} where a whole number from 0 to 999`);
      }
      await refused({}, "lowRes: shape [3,3,4,4] where [1,3,H,W]", { lowRes: pictures(3, 4) });
      await refused({}, "lowRes: shape [3,4,4] where [1,3,H,W]", { lowRes: zeros([3, 4, 4]) });
      await refused({}, "lowRes: NaN at index 0 where a finite", { lowRes: full([1, 3, 4, 4], NaN) });
      for (const value of [255, -1.5]) {
        const message = `lowRes: ${value} at index 0 where a number in [-1, 1] is expected`;
        await refused({}, message, { lowRes: full([1, 3, 4, 4], value) });
      }
    }
  });
}

for (const [name, { draw, enlarges, image, mask }] of Object.entries(pipelines)) {
  Deno.test(`${name}: pictures that are no squares`, async () => {
    const [height, width] = [12, 8];
    const model = new FakeStage(enlarges);
    const seed = new RecordingGenerator(0);
    const wide = zeros([1, 1, height, width]);
    wide.data.fill(1, 20, 40);
    const scene: Scenery = { ...scenery, image: pictures(1, height, 9, width), mask: wide };
    const drawn = await sampleToEnd(draw(model, scene, { ...short, ...(!image && { height, width }), seed }));
    assertEquals(drawn.shape, [1, 3, height, width]);
    const [{ input }] = model.batches[0];
    assertEquals(input.x.shape, drawn.shape);
    assertEquals(seed.draws[0].shape, drawn.shape);
    if (enlarges) {
      const { defaults } = pipelines[name];
      const { noiseLevel } = defaults as { noiseLevel: number };
      const enlarged = upsampleBilinear(scene.lowRes, height, width);
      assertEquals(input.lowRes, addNoise(enlarged, seed.draws[1], noiseLevel, model.noising!.schedule));
    }
    if (mask) {
      const kept = drawn.data.every((value, i) => wide.data[i % 96] === 1 || value === scene.image.data[i]);
      assertEquals(kept, true);
      const steps = draw(model, { ...scene, mask: scenery.mask }, short);
      await assertRejects(() => sampleToEnd(steps), RangeError, "mask: shape [1,1,8,8] where [1,1,12,8]");
    }
  });
}

Deno.test("a side that the network cannot halve is refused before anything is drawn", async () => {
  const refused = async (options: ImageSize, message: string) => {
    for (
      const [draw, enlarges] of [[pipelines.textToImage.draw, false], [superResolutionDraw, true]] as const
    ) {
      const model = new FakeStage(enlarges);
      await assertRejects(
        () => sampleToEnd(draw(model, scenery, { ...short, ...options })),
        RangeError,
        message,
      );
      assertEquals(model.prepared.length, 0);
    }
  };
  const superResolutionDraw = pipelines.superResolution.draw;
  for (const side of [6, 0, -4, 4.5, NaN]) {
    await refused({ height: side }, `height: ${side} where a multiple of 4 is expected`);
    await refused({ width: side }, `width: ${side} where a multiple of 4 is expected`);
  }
});

Deno.test("a scheduler's threshold is that of its configuration", async () => {
  const steps: SampleStep[] = [];
  const model = new FakeStage(false, { thresholding: { kind: "none" } });
  const { strength: _, ...drawing } = short;
  for await (const step of textToImage(model, texts(1), drawing)) steps.push(step);
  assertEquals(steps.some(({ x0 }) => x0.data.some((value) => Math.abs(value) > 1)), true);
  for await (const { x0 } of textToImage(new FakeStage(), texts(1), drawing)) {
    assertEquals(x0.data.every((value) => Math.abs(value) <= 1), true);
  }
});
