/**
 * Image-to-image edits.
 *
 * @module
 */
import type { GenerationChoices, GenerationOptions } from "../../lib/generation/mod.ts";
import { concat, type Tensor } from "../../lib/tensor.ts";
import { enlargedSlot, type Figure, type SectionEvent } from "../section.ts";
import { Progress } from "./progress.ts";
import { picturesOf, sheetFigure } from "./sheet.ts";
import { from, strided, type Studio } from "./studio.ts";

/** What to edit, and how. */
export interface Edits
  extends
    Pick<GenerationOptions, "guidance" | "seed" | "sampler">,
    Required<Pick<GenerationChoices, "upscaleSteps">> {
  /** The pictures' ids. */
  readonly images: readonly string[];
  /** The prompt of each. */
  readonly prompts: readonly string[];
  /** The indices of the timesteps to start from. */
  readonly starts: readonly number[];
  /** The difference of neighbouring timesteps. */
  readonly stride: number;
}

/** The texts of the figure and its rows. */
export type EditWords = Pick<Figure, "name" | "caption" | "alt" | "rows" | "parameters">;

/**
 * Edits pictures from several noise levels (SDEdit, Meng et al. 2022): the less noise, the more of a picture stays.
 *
 * @yields A figure with a row for each picture and a column for each start, and with a second stage the same enlarged.
 * @throws {ArgumentError} if a start is beyond the timesteps.
 */
export async function* editFigures(
  studio: Studio,
  { images, prompts, starts, stride, guidance, seed, sampler, upscaleSteps }: Edits,
  words: EditWords,
): AsyncGenerator<SectionEvent, void, undefined> {
  const all = strided(studio.schedule, stride);
  const runs = starts.map((start, i) => from(all, start, `starts[${i}]`));
  const levels = runs.map(([t]) => `t = ${t}`);
  const enlarging = starts.length * studio.enlargingWork(upscaleSteps);
  const progress = new Progress(runs.reduce((sum, timesteps) => sum + timesteps.length, 0) + enlarging);
  const originals = await Promise.all(images.map((id) => studio.picture(id)));
  const denoiser = await studio.guided(prompts, guidance);
  const seeds = images.map(() => seed);
  const [small, large]: [Tensor[][], Tensor[][]] = [[], []];
  for (const [i, timesteps] of runs.entries()) {
    const slot = levels[i];
    const options = studio.fromPictures(concat(originals), seeds, timesteps, sampler);
    const drawn = yield* studio.draw(denoiser, options, { slot, progress });
    small.push(picturesOf(drawn));
    const enlarged = yield* studio.enlarge(drawn, {
      compose: async (second) => ({ denoiser: await second.guided(prompts) }),
      seeds,
      steps: upscaleSteps,
      sampler,
      slot,
      progress,
    });
    if (enlarged) large.push(picturesOf(enlarged));
  }
  const generations = await Promise.all(
    images.map((image, row) =>
      Promise.all(runs.map((timesteps) =>
        studio.generation({
          ...{ prompts: [prompts[row]], image, strength: 1, timesteps, guidance, seed, sampler },
        })
      ))
    ),
  );
  const columns = [...levels, "original"];
  const origin = (slotsOf: (slot: string) => string[]) => (row: number, column: number) =>
    column < levels.length ? { slots: slotsOf(levels[column]), index: row } : undefined;
  const rows = (drawn: Tensor[][], beside: readonly Tensor[]) =>
    images.map((_, n) => [...drawn.map((column) => column[n]), beside[n]]);
  const sheet = { ...words, columns };
  yield {
    type: "figure",
    figure: sheetFigure({
      ...{ ...sheet, pictures: rows(small, originals), origin: origin((slot) => [slot]) },
      generation: (row, column) => generations[row][column],
    }),
  };
  const { enlargedSize } = studio;
  if (enlargedSize === undefined) return;
  const beside = await Promise.all(images.map((id) => studio.picture(id, enlargedSize)));
  yield {
    type: "figure",
    figure: sheetFigure({
      ...sheet,
      name: `${words.name}-stage-2`,
      caption: `The same, enlarged to ${enlargedSize} pixels by the second stage.`,
      pictures: rows(large, beside),
      origin: origin((slot) => [slot, enlargedSlot(slot)]),
    }),
  };
}
