/** Anagrams and hybrids: whether a classifier reads both things in one image. */
import { anagram, flip, frequencies, hybrid, identity } from "../../lib/effects/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import type { IconReader } from "./icon_reader.ts";
import type { PromptPair } from "./illusion_pairs.ts";
import type { ImageFeatures } from "./image_features.ts";
import type { LabelledImages } from "./labelled_images.ts";
import type { Painter } from "./painter.ts";
import { isAmongTop } from "./top.ts";

/** What is drawn and read. */
export interface IllusionOptions {
  /** The seed of every image. */
  readonly seed: number;
  /** Called with the number of generated images. */
  readonly onDrawn?: (images: number) => void;
}

/** What draws and what reads. */
export interface Studio {
  /** The cascade. */
  readonly painter: Painter;
  /** What the classifier sees by. */
  readonly network: ImageFeatures;
  /** The classifier. */
  readonly reader: IconReader;
  /** The pictures of the data, and what they are called. */
  readonly set: LabelledImages;
}

/** The pairs both of whose things a set has. */
export function knownPairs(set: Pick<LabelledImages, "names">, pairs: readonly PromptPair[]): PromptPair[] {
  return pairs.filter((pair) => pair.every((prompt) => nameIn(set, prompt) !== undefined));
}

/** The number of the name that a prompt ends with, by the longest phrase. */
export function nameIn({ names }: Pick<LabelledImages, "names">, prompt: string): number | undefined {
  const found = names
    .flatMap(({ phrases }, name) => phrases.map((phrase) => ({ name, phrase })))
    .filter(({ phrase }) => prompt === phrase || prompt.endsWith(` ${phrase}`))
    .sort((a, b) => b.phrase.length - a.phrase.length);
  return found[0]?.name;
}

/** The share of anagrams that are read as the first thing upright, and as the second upside down. */
export async function anagramShare(
  { painter, ...studio }: Studio,
  pairs: readonly PromptPair[],
  { seed, onDrawn }: IllusionOptions,
): Promise<number> {
  const view = flip();
  const images = await painter.draw(
    pairs.map(() => seed),
    async (guided, start, end) => {
      const own = pairs.slice(start, end);
      return anagram([
        { view: identity(), denoiser: await guided(own.map(([upright]) => upright)) },
        { view, denoiser: await guided(own.map(([, turned]) => turned)) },
      ]);
    },
    { faithful: true, onDrawn },
  );
  return await shareOfBoth(studio, pairs, [images, view.apply(images)]);
}

/** The share of hybrids that are read as the first thing from afar, blurred, and as the second as they are. */
export async function hybridShare(
  { painter, ...studio }: Studio,
  pairs: readonly PromptPair[],
  { seed, onDrawn }: IllusionOptions,
): Promise<number> {
  const [low, high] = frequencies();
  const images = await painter.draw(
    pairs.map(() => seed),
    async (guided, start, end) => {
      const own = pairs.slice(start, end);
      return hybrid([
        { part: low, denoiser: await guided(own.map(([far]) => far)) },
        { part: high, denoiser: await guided(own.map(([, near]) => near)) },
      ]);
    },
    { faithful: true, onDrawn },
  );
  return await shareOfBoth(studio, pairs, [low(images), images]);
}

/** The share of images that show the first thing seen one way and the second seen the other way. */
async function shareOfBoth(
  { network, reader, set }: Omit<Studio, "painter">,
  pairs: readonly PromptPair[],
  seen: readonly [Tensor, Tensor],
): Promise<number> {
  const readings: Tensor[] = [];
  for (const images of seen) readings.push(reader.read(await network.of(images)).names);
  const both = pairs.filter((pair, row) =>
    pair.every((prompt, side) => isAmongTop(readings[side], row, nameIn(set, prompt)!))
  );
  return both.length / pairs.length;
}
