/** A run on random pictures: enough to see whether it goes the same way twice. */
import { Generator } from "../../lib/random.ts";
import type { LabelledPictureSet } from "../../recipes/data/dataset.ts";
import { findRecipe } from "../../recipes/mod.ts";
import { train, type TrainOptions } from "../../recipes/train.ts";

/** Forty random pictures of two classes. */
export function noisePictures(): LabelledPictureSet {
  const count = 40;
  const generator = new Generator(7);
  const images = Uint8Array.from(generator.rand([count * 28 * 28]).data, (u) => u * 255);
  return {
    images,
    labels: images.slice(0, count).map((b) => b % 2),
    count,
    channels: 1,
    size: 28,
    classes: ["a", "b"],
  };
}

/** Runs in a folder that is gone afterwards. */
export async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The settings of {@linkcode noiseRun}: five steps an epoch. */
export const noiseSettings = { epochs: 2, batch: 8, microbatches: 2, learningRate: 1e-3, width: 4 };

/** A run of `mnist-class`. */
export function noiseRun(out: string, more: Partial<TrainOptions> = {}): TrainOptions {
  const recipe = findRecipe("mnist-class");
  return { recipe, settings: noiseSettings, data: noisePictures(), seed: 3, out, ...more };
}

/** Trains to the end; how many steps that took. */
export async function countSteps(options: TrainOptions): Promise<number> {
  let count = 0;
  for await (const _ of train(options)) count++;
  return count;
}

/** The digest of a file. */
export async function digestOf(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}
