/** Preview sheets of the cascade's stages. */
import { sampleToEnd } from "../../lib/diffusion/mod.ts";
import { grid, resize, upscaleNearest } from "../../lib/image.ts";
import { openTextToImage, repeatPerImage, superResolution, textToImage } from "../../lib/pipelines/mod.ts";
import { concat, map, type Tensor } from "../../lib/tensor.ts";
import type { PictureSet } from "../data/dataset.ts";

/** The prompts of the report. */
export const reportPrompts: readonly string[] = [
  "a rocket ship",
  "an oil painting of a snowy mountain village",
  "a man wearing a hat",
  "a lithograph of a skull",
  "a photo of a dog",
  "an oil painting of people around a campfire",
  "an oil painting of an old man",
  "an easter island moai",
  "a photo of a latte",
  "a forest",
  "a lithograph of waterfalls",
  "a starry sky",
];

const PICTURES = 4;
const STEPS = 20;
const GUIDANCE = 2.5;

/** Options of both previews. */
export interface StagePreviewOptions {
  /** The seed of the noise. */
  readonly seed: number;
  /** Threads of the CPU. */
  readonly threads?: number;
}

/**
 * Draws the prompts of the report with a first stage, a row for each.
 *
 * @param folder The pipeline's folder.
 * @returns `[3, H, W]` in 0..1
 */
export async function previewTexts(folder: string, { seed, threads }: StagePreviewOptions): Promise<Tensor> {
  await using pipeline = await openTextToImage(folder, { threads });
  const [text, negative] = [await pipeline.encode(reportPrompts), await pipeline.encode([""])];
  const drawn = await sampleToEnd(textToImage(await pipeline.network(), text, {
    negative: repeatPerImage(negative, reportPrompts.length),
    seed,
    numImagesPerPrompt: PICTURES,
    numInferenceSteps: STEPS,
    guidanceScale: GUIDANCE,
  }));
  return sheet(drawn, PICTURES);
}

/**
 * Enlarges pictures of a set with a second stage: rows of small, enlarged and original pictures.
 *
 * @param folder The pipeline's folder.
 * @param data Pictures of the size that it enlarges to.
 * @returns `[3, H, W]` in 0..1
 */
export async function previewEnlarged(
  folder: string,
  data: PictureSet,
  { seed, threads }: StagePreviewOptions,
): Promise<Tensor> {
  const { images, count, size } = data;
  const length = 3 * size * size;
  const shown = Math.min(8, count);
  const originals = concat(Array.from({ length: shown }, (_, n) => {
    const start = Math.floor(n * count / shown) * length;
    const bytes = images.subarray(start, start + length);
    return { data: Float32Array.from(bytes, (byte) => byte / 127.5 - 1), shape: [1, 3, size, size] };
  }));
  const small = resize(originals, size / 4, size / 4, { filter: "bilinear" });
  await using pipeline = await openTextToImage(folder, { threads });
  const text = repeatPerImage(await pipeline.encode(["a high quality photo"]), shown);
  const large = await sampleToEnd(superResolution(await pipeline.network(), text, small, {
    seed,
    numInferenceSteps: STEPS,
    guidanceScale: 1,
  }));
  return sheet(concat([upscaleNearest(small, 4), large, originals]), shown);
}

function sheet(pictures: Tensor, columns: number): Tensor {
  return grid(map(pictures, (value) => Math.min(1, Math.max(0, value / 2 + 0.5))), {
    columns,
    background: 1,
  });
}
