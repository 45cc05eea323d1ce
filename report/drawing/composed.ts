/** Images of several texts at once, by both stages, each also under other views: anagrams and hybrids. */
import type { ComposedEffect } from "../../lib/effects/mod.ts";
import type { GenerationChoices, GenerationOptions } from "../../lib/generation/mod.ts";
import { FAITHFUL_NOISE_LEVEL } from "../../lib/pipelines/mod.ts";
import type { Denoiser } from "../../lib/diffusion/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { enlargedSlot, type SectionEvent } from "../section.ts";
import { Progress } from "./progress.ts";
import { picturesOf, type Sheet, sheetFigure } from "./sheet.ts";
import { generatorsOf, type Studio } from "./studio.ts";

/** How composed images are sampled and shown. */
export interface Composition
  extends
    Required<Pick<Sheet, "rows" | "columns" | "parameters">>,
    Pick<GenerationOptions, "guidance" | "steps" | "seed" | "sampler">,
    Required<Pick<GenerationChoices, "upscaleSteps">> {
  /** Composes the denoiser of a stage from those of texts, with the stage's guidance. */
  readonly compose: (
    guided: (prompts: readonly string[]) => Promise<Denoiser>,
  ) => Promise<ComposedEffect>;
  /** The other views of the images. */
  readonly seen: readonly ((pictures: Tensor) => Tensor)[];
  /** The library's options that regenerate each row, if possible. */
  readonly generation?: (row: number) => Pick<GenerationOptions, "prompts" | "effect">;
  /** The labels of the previews. */
  readonly slot: string;
  /** The texts of each stage's figure. */
  readonly words: readonly [small: Words, large: Words];
}

/** A figure's texts. */
export type Words = Pick<Sheet, "caption" | "alt">;

/** Samples an image for each row from noise, enlarges them if there is a second stage, and shows each under all views. */
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
        // The other columns are the same image under other views.
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
