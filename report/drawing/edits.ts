/**
 * Pictures that are noised and drawn again.
 *
 * @module
 */
import type { SamplerName } from "../../lib/diffusion/samplers/mod.ts";
import { concat, type Tensor } from "../../lib/tensor.ts";
import type { SectionEvent } from "../section.ts";
import { Progress } from "./progress.ts";
import { picturesOf } from "./sheet.ts";
import { from, strided, type Studio } from "./studio.ts";

/** What is drawn again, and how. */
export interface Edits {
  /** The pictures, each `[1, 3, size, size]`. */
  readonly pictures: readonly Tensor[];
  /** The prompt of each. */
  readonly prompts: readonly string[];
  /** From which indices of the timesteps on. */
  readonly starts: readonly number[];
  /** The difference of neighbouring timesteps. */
  readonly stride: number;
  /** The guidance scale. */
  readonly guidance: number;
  /** The seed of every picture. */
  readonly seed: number;
  /** The sampler. */
  readonly sampler: SamplerName;
}

/**
 * Draws pictures again from several noise levels (SDEdit, Meng et al. 2022): the less noise, the more of a picture stays.
 *
 * @returns For each picture one for each start, `[3, size, size]`.
 * @throws {RangeError} if a start is beyond the timesteps.
 */
export async function* drawAgain(
  studio: Studio,
  { pictures, prompts, starts, stride, guidance, seed, sampler }: Edits,
): AsyncGenerator<SectionEvent, Tensor[][], undefined> {
  const all = strided(studio.schedule, stride);
  const runs = starts.map((start, i) => from(all, start, `starts[${i}]`));
  const progress = new Progress(runs.reduce((sum, timesteps) => sum + timesteps.length, 0));
  const denoiser = await studio.guided(prompts, guidance);
  const batch = concat(pictures);
  const rows: Tensor[][] = pictures.map(() => []);
  for (const [i, timesteps] of runs.entries()) {
    const options = studio.fromPictures(batch, pictures.map(() => seed), timesteps, sampler);
    const drawn = yield* studio.draw(denoiser, options, { slot: `start ${starts[i]}`, progress });
    picturesOf(drawn).forEach((picture, n) => rows[n].push(picture));
  }
  return rows;
}
