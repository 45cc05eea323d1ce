/** The nine prompts of the report, as one picture: what a person judges the cascade by. */
import { sampleToEnd } from "../../lib/diffusion/mod.ts";
import { grid, upscaleNearest } from "../../lib/image.ts";
import { openDeepFloyd, readSamplingDefaults } from "../../lib/models/mod.ts";
import { cascade, openTextToImage, textToImage } from "../../lib/pipelines/mod.ts";
import { concat, map, repeat, slice, type Tensor } from "../../lib/tensor.ts";

/** The prompts, a column each. */
export const samplePrompts: readonly string[] = [
  "a rocket ship",
  "a man wearing a hat",
  "an oil painting of a snowy mountain village",
  "an oil painting of an old man",
  "an oil painting of people around a campfire",
  "a lithograph of waterfalls",
  "a lithograph of a skull",
  "a photo of a dog",
  "a pencil",
];

/** The seeds of the sheet, a row each: from 0 up to this one. Steps and guidance are the models' own. */
export const SAMPLE_SEEDS = 4;

/** How wide a picture of the sheet is at least, in pixels. */
const SHOWN = 128;

/** Options of {@linkcode sampleSheet}. */
export interface SampleSheetOptions {
  /** The folder of the second stage; pictures are not enlarged without one. */
  readonly second?: string;
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Stops between steps. */
  readonly signal?: AbortSignal;
}

/**
 * Draws the prompts, a row for each of four seeds.
 *
 * @param folder The folder of the first stage.
 * @returns `[3, H, W]` in 0..1
 */
export async function sampleSheet(folder: string, options: SampleSheetOptions = {}): Promise<Tensor> {
  const { second, threads, signal } = options;
  await using pipeline = await openTextToImage(folder, { threads });
  const all = await pipeline.encode([...samplePrompts, ""], { signal });
  const texts = samplePrompts.length;
  const text = slice(all, 0, texts);
  const first = await pipeline.network();
  await using larger = second
    ? await openDeepFloyd(second, { threads, textLength: pipeline.textLength })
    : undefined;
  const common = {
    negative: repeat(slice(all, texts, texts + 1), texts),
    numImagesPerPrompt: SAMPLE_SEEDS,
    seed: Array.from({ length: texts * SAMPLE_SEEDS }, (_, i) => i % SAMPLE_SEEDS),
    signal,
  };
  const drawn = await sampleToEnd(
    larger
      ? cascade([first, larger], text, {
        ...common,
        first: await ownOptions(folder),
        second: await ownOptions(second!),
      })
      : textToImage(first, text, { ...common, ...await ownOptions(folder) }),
  );
  const size = drawn.shape[2];
  const large = upscaleNearest(drawn, Math.max(1, Math.floor(SHOWN / size)));
  const bySeed = Array.from(
    { length: texts * SAMPLE_SEEDS },
    (_, i) => i % texts * SAMPLE_SEEDS + Math.floor(i / texts),
  );
  const pictures = concat(bySeed.map((i) => slice(large, i, i + 1)));
  return grid(map(pictures, (value) => Math.min(1, Math.max(0, value / 2 + 0.5))), {
    columns: texts,
    background: 1,
  });
}

/** A model's own number of steps and guidance. */
async function ownOptions(folder: string) {
  const { numInferenceSteps, guidanceScale } = await readSamplingDefaults(folder);
  return {
    ...(numInferenceSteps && { numInferenceSteps }),
    ...(guidanceScale !== undefined && { guidanceScale }),
  };
}
