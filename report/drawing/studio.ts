/**
 * A cascade at work: texts that have been encoded, one network or two, and what sections draw with them.
 *
 * @module
 */
import { ArgumentError } from "../../lib/errors.ts";
import {
  addNoise,
  type Denoiser,
  type DiscreteSchedule,
  type SampleOptions,
  stridedTimesteps,
  type Threshold,
  thresholdOf,
} from "../../lib/diffusion/mod.ts";
import type { SamplerName } from "../../lib/diffusion/samplers/mod.ts";
import { type ComposedEffect, guidance } from "../../lib/effects/mod.ts";
import {
  type GenerationChoices,
  generationDefaults,
  type GenerationOptions,
  resolveGenerationOptions,
  storedGeneration,
  type UserChoices,
} from "../../lib/generation/mod.ts";
import {
  sampleOptions,
  type Seed,
  type StageModel,
  superResolutionDefaults,
  superResolutionSampleOptions,
  textDenoiser,
  type TimestepsChoice,
  withinRange,
} from "../../lib/pipelines/mod.ts";
import type { SamplingDefaults } from "../../lib/models/mod.ts";
import { Generator } from "../../lib/random.ts";
import type { Tensor } from "../../lib/tensor.ts";
import type { Context, SecondModel, TextModel } from "../context.ts";
import { enlargedSlot, type Generation, type SectionEvent } from "../section.ts";
import { chosenImage, chosenMask, sourceImage, sourceMask } from "../source_image.ts";
import { draw, type Show } from "./draw.ts";
import type { Progress } from "./progress.ts";

/** The parameters by which a studio is opened. */
export interface StudioParameters {
  /** The first stage. */
  readonly model: string;
  /** The second stage, or `auto`, or `none`; defaults to none. */
  readonly upscale?: string;
}

/** How pictures are enlarged. */
export interface Enlarging extends Pick<GenerationOptions, "steps" | "sampler"> {
  /** The timestep of the noise in the small pictures where the model's folder says none; defaults to the pipeline's. */
  readonly noiseLevel?: number;
  /** Makes the denoiser, of texts of the second stage. */
  readonly compose: (studio: SecondStage) => Promise<ComposedEffect>;
  /** The seed of each picture, or the generator of its noise, which goes on where the first stage has stopped. */
  readonly seeds: readonly Seed[];
  /** What is enlarged, for spectators. */
  readonly slot: string;
  /** The section's progress. */
  readonly progress: Progress;
}

/** What a section chooses for one picture; with a number of steps of the second stage it is enlarged. */
export type StudioGeneration =
  & Omit<UserChoices, "of" | "count" | "seeds" | "image" | "mask">
  & Pick<GenerationChoices, "image" | "mask">;

/** The denoisers of a second stage. */
export interface SecondStage {
  /** Under texts, with guidance. */
  guided(prompts: readonly string[]): Promise<Denoiser>;
}

/**
 * Opens a studio: encodes the prompts, then opens the networks.
 *
 * @param parameters The models.
 * @param prompts All prompts that will be needed; the empty one is encoded too.
 * @param context Where models and pictures come from.
 */
export async function openStudio(
  { model, upscale = "none" }: StudioParameters,
  prompts: readonly string[],
  context: Context,
): Promise<Studio> {
  const texts = await context.models.textToImage(model);
  context.signal.throwIfAborted();
  // Only configurations are read of the second stage yet.
  const [second] = await Promise.all([
    context.models.superResolution(upscale, model),
    texts.encode(["", ...prompts]),
  ]);
  const first = await texts.network();
  const { sampling } = await context.models.described(model);
  return new Studio({ model, upscale }, texts, first, sampling, second, context);
}

/** Draws with a cascade. */
export class Studio {
  /** The first network. */
  readonly first: StageModel;
  readonly #names: StudioParameters;
  readonly #texts: TextModel;
  readonly #sampling: SamplingDefaults;
  readonly #second?: SecondModel;
  readonly #context: Context;

  /** Made by {@linkcode openStudio}. */
  constructor(
    names: StudioParameters,
    texts: TextModel,
    first: StageModel,
    sampling: SamplingDefaults,
    second: SecondModel | undefined,
    context: Context,
  ) {
    this.#sampling = sampling;
    this.#names = names;
    this.#texts = texts;
    this.first = first;
    this.#second = second;
    this.#context = context;
  }

  /** The height and width of enlarged pictures, in pixels; undefined if there is no second stage. */
  get enlargedSize(): number | undefined {
    return this.#second?.size;
  }

  /** The noise schedule of the first stage. */
  get schedule(): DiscreteSchedule {
    return this.first.spec.schedule;
  }

  /** How clean pictures are held within their range. */
  get threshold(): Threshold | undefined {
    return thresholdOf(this.first.scheduler.thresholding);
  }

  /** Draws with the first stage. */
  draw(
    denoiser: Denoiser,
    options: SampleOptions,
    show: Show,
  ): AsyncGenerator<SectionEvent, Tensor, undefined> {
    return draw(denoiser, options, show, this.#context);
  }

  /** A test picture, or the user's own, `[1, 3, size, size]`, of the first stage's size unless another is given. */
  async picture(id: string, size: number = this.#texts.size): Promise<Tensor> {
    const { photographic } = this.#texts;
    return await sourceImage(id, { photographic, size }, this.#context);
  }

  /** The mask of a picture, `[1, 1, size, size]`: 1 where to draw anew; `name` is the parameter to blame. */
  async mask(id: string, image: string, name: string): Promise<Tensor> {
    return await sourceMask(id, image, this.#texts, this.#context, name);
  }

  /** The embeddings of prompts, `[N, L, D]`; all of one text if they are equal. */
  async embeddings(prompts: readonly string[]): Promise<Tensor> {
    return await this.#texts.encode(new Set(prompts).size === 1 ? [prompts[0]] : prompts);
  }

  /** A denoiser of the first stage: one prompt for all pictures, or one for each. */
  async text(prompts: readonly string[]): Promise<Denoiser> {
    return await textDenoiser(this.first, await this.embeddings(prompts));
  }

  /** The same with guidance. */
  async guided(prompts: readonly string[], scale: number): Promise<Denoiser> {
    return await this.guidedBy(() => this.text(prompts), scale);
  }

  /** Guidance by what a function makes, against the empty text. */
  async guidedBy(text: () => Promise<Denoiser> | Denoiser, scale: number): Promise<Denoiser> {
    const { guidanceInterval } = this.#sampling;
    return await guidance(text, () => this.text([""]), scale, "formula", guidanceInterval);
  }

  /** What the loop needs to draw from noise, each picture with a seed of its own. */
  fromNoise(seeds: readonly Seed[], steps: Steps): SampleOptions {
    const { sampler, ...choice } = steps;
    const { cacheInterval } = this.#sampling;
    return sampleOptions(this.first, { seed: seeds, sampler, cacheInterval, ...choice });
  }

  /**
   * What the loop needs to go on from pictures that are noised: SDEdit.
   *
   * @param pictures `[N, 3, size, size]`
   * @param seeds The seed of each picture.
   * @param timesteps Those to visit; the pictures are noised to the first.
   */
  fromPictures(
    pictures: Tensor,
    seeds: readonly number[],
    timesteps: readonly number[],
    sampler: SamplerName,
  ) {
    const { cacheInterval } = this.#sampling;
    const options = sampleOptions(this.first, { seed: seeds, sampler, timesteps, cacheInterval });
    return { ...options, start: addNoise(pictures, options.start, timesteps[0], this.schedule) };
  }

  /**
   * How a picture of this studio is generated: what the library's options for it are, resolved as for every generation.
   *
   * @param choices What the section chooses; images and masks by their ids.
   */
  async generation(choices: StudioGeneration): Promise<Generation> {
    const { models, images } = this.#context;
    const { image, mask, upscaleSteps, ...own } = choices;
    const folders = {
      model: await models.described(this.#names.model),
      upscaler: upscaleSteps !== undefined && this.#second ? await models.described(this.#second.name) : null,
    };
    const options = await resolveGenerationOptions(
      generationDefaults("text", { image: image !== undefined, mask: mask !== undefined }),
      folders,
      {
        ...own,
        of: "text",
        count: 1,
        upscaleSteps,
        image: image === undefined ? null : await images.file(chosenImage(image, this.#texts)),
        mask: mask === undefined ? null : await images.file(chosenMask(mask, image!, this.#texts)),
      },
    );
    return storedGeneration(options, 1) as Generation;
  }

  /** The work of enlarging by so many steps, in steps of the first stage; 0 if there is no second one. */
  enlargingWork(steps: number): number {
    return steps * this.#secondWork;
  }

  /** Enlarges pictures if there is a second stage; undefined if not. */
  async *enlarge(
    small: Tensor,
    enlarging: Enlarging,
  ): AsyncGenerator<SectionEvent, Tensor | undefined, undefined> {
    const second = await this.#second?.network();
    if (!second) return undefined;
    const { compose, seeds, steps, sampler, slot, progress } = enlarging;
    const own: Required<Pick<SamplingDefaults, "guidanceScale" | "noiseLevel">> & SecondModel["defaults"] = {
      ...superResolutionDefaults,
      ...(enlarging.noiseLevel !== undefined && { noiseLevel: enlarging.noiseLevel }),
      ...this.#second?.defaults,
    };
    const { noiseLevel, cacheInterval } = own;
    const options = superResolutionSampleOptions(second, withinRange(small, this.first), {
      seed: seeds,
      noiseLevel,
      numInferenceSteps: steps,
      cacheInterval,
      sampler,
    });
    const text = async (prompts: readonly string[]) =>
      await textDenoiser(second, await this.embeddings(prompts), { noiseLevel });
    const stage: SecondStage = {
      guided: (prompts) =>
        guidance(() => text(prompts), () => text([""]), own.guidanceScale, "formula", own.guidanceInterval),
    };
    const show = { slot: enlargedSlot(slot), progress, work: this.#secondWork };
    const { denoiser, constrain } = await compose(stage);
    return yield* draw(denoiser, { ...options, constrain }, show, this.#context);
  }

  /** The work of a step of the second stage, in steps of the first. */
  get #secondWork(): number {
    return this.#second ? (this.#second.size / this.first.spec.size) ** 2 / 4 : 0;
  }
}

/** How many steps, or which timesteps, by which sampler. */
export interface Steps extends TimestepsChoice, Pick<GenerationOptions, "sampler"> {}

/** The report's timesteps: from `last` down by a stride, to 0. For a schedule that is shorter, its own last one. */
export function strided(schedule: DiscreteSchedule, stride: number): number[] {
  const start = Math.floor((schedule.length - 1) / stride) * stride;
  return stridedTimesteps(start, stride, schedule.length);
}

/** The timesteps from an index on; they are checked against the list. */
export function from(timesteps: readonly number[], index: number, name: string): number[] {
  if (index < timesteps.length) return timesteps.slice(index);
  throw new ArgumentError(name, index, `an index from 0 to ${timesteps.length - 1} of the timesteps`);
}

/** A generator for each seed, which goes on from stage to stage, as in the library's cascade. */
export function generatorsOf(seeds: readonly number[]): Generator[] {
  return seeds.map((seed) => new Generator(seed));
}

/** As many seeds as pictures: the first, and those that follow it. */
export function seedsFrom(seed: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => seed + i);
}
