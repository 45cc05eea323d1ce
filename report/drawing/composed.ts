/** Pictures of several texts at once, by both stages, and each seen in two ways: what anagrams and hybrids show. */
import type { SamplerName } from "../../lib/diffusion/samplers/mod.ts";
import type { Denoiser } from "../../lib/diffusion/types.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { enlargedSlot, type SectionEvent } from "../section.ts";
import { Progress } from "./progress.ts";
import { picturesOf, type Sheet, sheetFigure } from "./sheet.ts";
import { FAITHFUL_NOISE_LEVEL, type Studio } from "./studio.ts";

/** How composed pictures are drawn and shown. */
export interface Composition extends Required<Pick<Sheet, "rows" | "columns" | "parameters">> {
  /** Composes the denoiser of a stage from those of texts, with the stage's guidance. */
  readonly compose: (guided: (prompts: readonly string[]) => Promise<Denoiser>) => Promise<Denoiser>;
  /** The other way to see pictures. */
  readonly seen: (pictures: Tensor) => Tensor;
  /** What is drawn, for spectators. */
  readonly slot: string;
  /** The first stage's guidance. */
  readonly guidance: number;
  /** The first stage's steps. */
  readonly steps: number;
  /** The second stage's steps. */
  readonly upscaleSteps: number;
  /** The seed of every picture. */
  readonly seed: number;
  /** The sampler. */
  readonly sampler: SamplerName;
  /** What the figure of each stage says. */
  readonly words: readonly [small: Words, large: Words];
}

/** A figure's words. */
export type Words = Pick<Sheet, "caption" | "alt">;

/** Draws a picture for each row from noise, enlarges them if there is a second stage, and shows each in two ways. */
export async function* composedFigures(
  studio: Studio,
  composition: Composition,
): AsyncGenerator<SectionEvent, void, undefined> {
  const { compose, seen, slot, guidance, steps, upscaleSteps, seed, sampler, words, ...sheet } = composition;
  const seeds = sheet.rows.map(() => seed);
  const progress = new Progress(steps + studio.enlargingWork(upscaleSteps));
  const figure = (name: string, pictures: Tensor, { caption, alt }: Words, slots: string[]): SectionEvent => {
    const origin = (row: number) => ({ slots, index: row });
    const [one, other] = [picturesOf(pictures), picturesOf(seen(pictures))];
    const pairs = one.map((picture, n) => [picture, other[n]]);
    return { type: "figure", figure: sheetFigure({ ...sheet, name, caption, alt, pictures: pairs, origin }) };
  };
  const small = yield* studio.draw(
    await compose((prompts) => studio.guided(prompts, guidance)),
    studio.fromNoise(seeds, { numInferenceSteps: steps, sampler }),
    { slot, progress },
  );
  const large = yield* studio.enlarge(small, {
    denoiser: (stage) => compose((prompts) => stage.guided(prompts)),
    seeds,
    steps: upscaleSteps,
    sampler,
    noiseLevel: FAITHFUL_NOISE_LEVEL,
    slot,
    progress,
  });
  yield figure("stage-1", small, words[0], [slot]);
  if (large) yield figure("stage-2", large, words[1], [slot, enlargedSlot(slot)]);
}
