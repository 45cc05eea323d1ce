/** Pictures of several texts at once, by both stages, and each seen in other ways: what anagrams and hybrids show. */
import type { ComposedEffect } from "../../lib/effects/mod.ts";
import type { GenerationChoices, GenerationOptions } from "../../lib/generation/mod.ts";
import { FAITHFUL_NOISE_LEVEL } from "../../lib/pipelines/mod.ts";
import type { Denoiser } from "../../lib/diffusion/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { enlargedSlot, type SectionEvent } from "../section.ts";
import { Progress } from "./progress.ts";
import { picturesOf, type Sheet, sheetFigure } from "./sheet.ts";
import { generatorsOf, type Studio } from "./studio.ts";

/** How composed pictures are drawn and shown. */
export interface Composition
  extends
    Required<Pick<Sheet, "rows" | "columns" | "parameters">>,
    Pick<GenerationOptions, "guidance" | "steps" | "seed" | "sampler">,
    Required<Pick<GenerationChoices, "upscaleSteps">> {
  /** Composes the denoiser of a stage from those of texts, with the stage's guidance. */
  readonly compose: (
    guided: (prompts: readonly string[]) => Promise<Denoiser>,
  ) => Promise<ComposedEffect>;
  /** The other ways to see pictures. */
  readonly seen: readonly ((pictures: Tensor) => Tensor)[];
  /** What each row is as a generation of the library's, where it is one. */
  readonly generation?: (row: number) => Pick<GenerationOptions, "prompts" | "effect">;
  /** What is drawn, for spectators. */
  readonly slot: string;
  /** What the figure of each stage says. */
  readonly words: readonly [small: Words, large: Words];
}

/** A figure's words. */
export type Words = Pick<Sheet, "caption" | "alt">;

/** Draws a picture for each row from noise, enlarges them if there is a second stage, and shows each in all ways. */
export async function* composedFigures(
  studio: Studio,
  composition: Composition,
): AsyncGenerator<SectionEvent, void, undefined> {
  const { compose, seen, generation, slot, guidance, steps, upscaleSteps, seed, sampler, words, ...sheet } =
    composition;
  const seeds = generatorsOf(sheet.rows.map(() => seed));
  const progress = new Progress(steps + studio.enlargingWork(upscaleSteps));
  const generations = async (enlarged: boolean) =>
    generation && await Promise.all(
      sheet.rows.map((_, row) =>
        studio.generation({
          ...generation(row),
          ...{ guidance, steps, seed, sampler },
          ...(enlarged && { upscaleSteps }),
        })
      ),
    );
  const figure = async (
    name: string,
    pictures: Tensor,
    { caption, alt }: Words,
    slots: string[],
  ): Promise<SectionEvent> => {
    const generated = await generations(slots.length > 1);
    const origin = (row: number) => ({ slots, index: row });
    const others = seen.map((see) => picturesOf(see(pictures)));
    const rows = picturesOf(pictures).map((picture, n) => [picture, ...others.map((other) => other[n])]);
    return {
      type: "figure",
      figure: sheetFigure({
        ...{ ...sheet, name, caption, alt, pictures: rows, origin },
        // The other columns are this picture, seen in other ways.
        generation: (row, column) => column === 0 ? generated?.[row] : undefined,
      }),
    };
  };
  const { denoiser, constrain } = await compose((prompts) => studio.guided(prompts, guidance));
  const fromNoise = studio.fromNoise(seeds, { numInferenceSteps: steps, sampler });
  const small = yield* studio.draw(denoiser, { ...fromNoise, constrain }, { slot, progress });
  const large = yield* studio.enlarge(small, {
    compose: (stage) => compose((prompts) => stage.guided(prompts)),
    seeds,
    steps: upscaleSteps,
    sampler,
    noiseLevel: FAITHFUL_NOISE_LEVEL,
    slot,
    progress,
  });
  yield await figure("stage-1", small, words[0], [slot]);
  if (large) yield await figure("stage-2", large, words[1], [slot, enlargedSlot(slot)]);
}
