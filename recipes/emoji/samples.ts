/** The nine prompts of the report, as one picture: what a person judges the cascade by. */
import { sampleToEnd } from "../../lib/diffusion/mod.ts";
import { grid, upscaleNearest } from "../../lib/image.ts";
import { openDeepFloyd } from "../../lib/models/mod.ts";
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

/** How the sheet is drawn. */
export const sampleSettings = { seed: 0, seeds: 4, steps: 20, guidance: 5 } as const;

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
  const { seed, seeds, steps, guidance } = sampleSettings;
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
    numImagesPerPrompt: seeds,
    seed: Array.from({ length: texts * seeds }, (_, i) => seed + i % seeds),
    signal,
  };
  const own = { numInferenceSteps: steps, guidanceScale: guidance };
  const drawn = await sampleToEnd(
    larger
      ? cascade([first, larger], text, { ...common, first: own, second: { numInferenceSteps: steps } })
      : textToImage(first, text, { ...common, ...own }),
  );
  const size = drawn.shape[2];
  const large = upscaleNearest(drawn, Math.max(1, Math.floor(SHOWN / size)));
  const bySeed = Array.from({ length: texts * seeds }, (_, i) => i % texts * seeds + Math.floor(i / texts));
  const pictures = concat(bySeed.map((i) => slice(large, i, i + 1)));
  return grid(map(pictures, (value) => Math.min(1, Math.max(0, value / 2 + 0.5))), {
    columns: texts,
    background: 1,
  });
}
