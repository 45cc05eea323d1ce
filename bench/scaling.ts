/**
 * `deno task bench:scaling`: how the time of sampling grows with the work: with the images of a batch, with the steps, and with the
 * pixels. Of each the exponent p in `time ~ amount^p`: 1 where twice as much takes twice the time, less where a part does not grow, more where
 * something is done over and over.
 */
import { sampleToEnd } from "../lib/mod.ts";
import { openTextToImage, textToImage } from "../lib/pipelines/mod.ts";
import { exponent } from "./exponent.ts";
import { median } from "./median.ts";

/** The network, whose images have 32 x 32 pixels unless they are asked for larger. */
const NETWORK = "emoji-I";

/** How often each amount of work is measured: round by round, so that other work on the machine meets all of them. */
const ROUNDS = 3;

/** The steps of a sampling, its images, and their sides in pixels. */
interface Work {
  readonly steps: number;
  readonly images: number;
  readonly side: number;
}

/** What grows, and how much of it there is. */
const series: readonly (readonly [name: string, works: readonly Work[], amount: (work: Work) => number])[] = [
  ["images", [1, 2, 4, 8, 16].map((images) => ({ images, steps: 10, side: 32 })), ({ images }) => images],
  ["steps", [10, 20, 40, 100].map((steps) => ({ steps, images: 4, side: 32 })), ({ steps }) => steps],
  ["pixels", [32, 64, 128].map((side) => ({ side, images: 2, steps: 10 })), ({ side }) => side * side],
];

await using pipeline = await openTextToImage(NETWORK);
const network = await pipeline.network();
const [text, negative] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];

/** Samples, in milliseconds. */
async function time({ steps, images, side }: Work): Promise<number> {
  const start = performance.now();
  await sampleToEnd(textToImage(network, text, {
    ...{ negative, guidanceScale: 2.5, seed: 0 },
    ...{ numInferenceSteps: steps, numImagesPerPrompt: images, height: side, width: side },
  }));
  return performance.now() - start;
}

for (const [name, works, amount] of series) {
  // The first of each size opens what it is computed by.
  for (const work of works) await time({ ...work, steps: 2 });
  const times = works.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, work] of works.entries()) times[i].push(await time(work));
  }
  const points = works.map((work, i) => [amount(work), median(times[i])] as const);
  const taken = works.map((work, i) => `${amount(work)}: ${median(times[i]).toFixed(0)} ms`);
  console.log(`${name}: exponent ${exponent(points).toFixed(3)} (${taken.join(", ")})`);
}
