/** The pipelines against diffusers': from the seed alone to the pictures after the first and the last step. */
import { assertEquals, assertLess } from "@std/assert";
import type { SampleStep } from "../../lib/diffusion/sample.ts";
import { compositeByMask } from "../../lib/effects/composite.ts";
import type { DeepFloydModel } from "../../lib/models/deepfloyd.ts";
import { imageToImage } from "../../lib/pipelines/image_to_image.ts";
import { imageToImageSuperResolution } from "../../lib/pipelines/image_to_image_super_resolution.ts";
import { inpaint } from "../../lib/pipelines/inpaint.ts";
import { inpaintSuperResolution } from "../../lib/pipelines/inpaint_super_resolution.ts";
import { superResolution } from "../../lib/pipelines/super_resolution.ts";
import { textToImage } from "../../lib/pipelines/text_to_image.ts";
import { maxDifference, readFixture } from "../diffusion/fixtures.ts";
import { openTiny } from "./tiny_deepfloyd.ts";

const golden = readFixture("pipelines_tiny");
const [text, negative] = ["prompt_embeds", "negative_prompt_embeds"].map((name) => golden.read(name));
const [image, low, mask] = ["image", "low", "mask"].map((name) => golden.read(name));
const common = { negative, seed: 0 };

/** A run by name: which network it takes, its steps, and the pipeline's call. */
type Run = readonly [
  name: string,
  stage: "I" | "II",
  timesteps: readonly number[],
  draw: (model: DeepFloydModel) => AsyncIterable<SampleStep>,
];

const edit = { numInferenceSteps: 5, strength: 0.8 };
const runs: readonly Run[] = [
  ["txt2img", "I", [800, 600, 400, 200, 0], (model) => {
    return textToImage(model, text, { ...common, numInferenceSteps: 5 });
  }],
  ["txt2img_custom_ts", "I", [999, 800, 799, 600, 300, 0], (model) => {
    return textToImage(model, text, { ...common, timesteps: [999, 800, 799, 600, 300, 0] });
  }],
  ["txt2img_nocfg", "I", [750, 500, 250, 0], (model) => {
    return textToImage(model, text, { seed: 0, numInferenceSteps: 4, guidanceScale: 1 });
  }],
  ["img2img", "I", [498, 332, 166, 0], (model) => {
    return imageToImage(model, text, image, { ...common, numInferenceSteps: 6 });
  }],
  ["inpaint", "I", [800, 600, 400, 200, 0], (model) => {
    return inpaint(model, text, image, mask, { ...common, numInferenceSteps: 5 });
  }],
  ["superres", "II", [800, 600, 400, 200, 0], (model) => {
    return superResolution(model, text, low, { ...common, numInferenceSteps: 5 });
  }],
  ["img2img_sr", "II", [600, 400, 200, 0], (model) => {
    return imageToImageSuperResolution(model, text, image, low, { ...common, ...edit });
  }],
  ["inpaint_sr", "II", [600, 400, 200, 0], (model) => {
    return inpaintSuperResolution(model, text, image, mask, low, { ...common, ...edit });
  }],
  ["txt2img_n2", "I", [666, 333, 0], (model) => {
    return textToImage(model, text, { ...common, numInferenceSteps: 3, numImagesPerPrompt: 2 });
  }],
];

/**
 * Pictures that are no squares, from the same embeddings; made with diffusers 0.40 (commit 58eb52c) and PyTorch 2.13 by calling its
 * pipelines with `height` and `width`, or with an image of that shape, and four steps.
 */
const wide = readFixture("pipelines_wide");
const [wideImage, wideLow, wideMask] = ["image", "low", "mask"].map((name) => wide.read(name));
const four = { ...common, numInferenceSteps: 4 };
const wideRuns: readonly Run[] = [
  ["txt2img", "I", [750, 500, 250, 0], (model) => {
    return textToImage(model, text, { ...four, height: 24, width: 16 });
  }],
  ["img2img", "I", [250, 0], (model) => imageToImage(model, text, wideImage, four)],
  ["inpaint", "I", [750, 500, 250, 0], (model) => inpaint(model, text, wideImage, wideMask, four)],
  ["superres", "II", [750, 500, 250, 0], (model) => {
    return superResolution(model, text, wideLow, { ...four, height: 16, width: 24 });
  }],
  ["img2img_sr", "II", [500, 250, 0], (model) => {
    return imageToImageSuperResolution(model, text, wideImage, wideLow, { ...four, strength: 0.8 });
  }],
  ["inpaint_sr", "II", [500, 250, 0], (model) => {
    return inpaintSuperResolution(model, text, wideImage, wideMask, wideLow, { ...four, strength: 0.8 });
  }],
];

for (const [name, stage, timesteps, draw] of wideRuns) {
  Deno.test(`${name} of pictures that are no squares is that of diffusers`, async () => {
    await using tiny = await openTiny(stage);
    const steps = await Array.fromAsync(draw(tiny.model));
    assertEquals(steps.map(({ t }) => t), timesteps);
    assertLess(maxDifference(steps[0].x, wide.read(`${name}_step0`)), 2e-4);
    assertLess(maxDifference(steps.at(-1)!.x, wide.read(name)), 2e-4);
  });
}

for (const [name, stage, timesteps, draw] of runs) {
  Deno.test(`${name} is that of diffusers`, async () => {
    await using tiny = await openTiny(stage);
    const steps: SampleStep[] = [];
    for await (const step of draw(tiny.model)) steps.push(step);
    assertEquals(steps.map(({ t }) => t), timesteps);
    const [first, last] = [steps[0], steps[steps.length - 1]];
    assertLess(maxDifference(first.x, golden.read(`${name}_step0`)), 2e-4);
    assertLess(maxDifference(last.x, golden.read(name)), 2e-4);
    if (name.startsWith("inpaint")) assertEquals(compositeByMask(mask, image, last.x), image);
  });
}
