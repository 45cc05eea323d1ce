/** Both stages of a cascade at work: images of prompts, of anagrams and of hybrids. */
import { type Denoiser, sample, sampleToEnd } from "../../lib/diffusion/mod.ts";
import type { GenerationChoices, GenerationOptions } from "../../lib/generation/mod.ts";
import { guided } from "../../lib/effects/mod.ts";
import {
  type DeepFloydModel,
  openDeepFloyd,
  readSamplingDefaults,
  type SamplingDefaults,
} from "../../lib/models/mod.ts";
import {
  FAITHFUL_NOISE_LEVEL,
  openTextToImage,
  sampleOptions,
  stageSamplerName,
  superResolutionDefaults,
  superResolutionSampleOptions,
  textDenoiser,
  type TextToImage,
} from "../../lib/pipelines/mod.ts";
import type { DeviceChoice } from "../../lib/onnx/mod.ts";
import { concat, map, slice, type Tensor } from "../../lib/tensor.ts";

/**
 * How a painter works. By default steps and guidance are the first stage's own, or 20 and 4, and the sampler of each stage that
 * of its scheduler.
 */
export interface PainterOptions extends Pick<GenerationChoices, "steps" | "guidance" | "sampler"> {
  /** Where to compute. */
  readonly device?: DeviceChoice;
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Called with the reason why another device is used. */
  readonly onFallback?: (message: string) => void;
  /** Stops between steps. */
  readonly signal?: AbortSignal;
}

/** Denoisers of prompts, one prompt for each image, with the stage's guidance. */
export type Guided = (prompts: readonly string[]) => Promise<Denoiser>;

/** Images that are drawn at a time. */
const BATCH = 16;

/** A cascade at work. */
export class Painter implements AsyncDisposable {
  /** Steps of the first stage. */
  readonly steps: number;
  /** Guidance of the first stage. */
  readonly guidance: number;
  /** The sampler of the first stage. */
  readonly sampler: GenerationOptions["sampler"];
  /** The sampler of both stages, if given. */
  readonly #sampler?: GenerationOptions["sampler"];
  readonly #pipeline: TextToImage;
  readonly #first: DeepFloydModel;
  readonly #second: DeepFloydModel;
  readonly #secondDefaults: SamplingDefaults;
  readonly #signal?: AbortSignal;
  readonly #embeddings = new Map<string, Tensor>();

  /** Made by {@linkcode openPainter}. */
  constructor(
    pipeline: TextToImage,
    [first, second]: readonly [DeepFloydModel, DeepFloydModel],
    [firstDefaults, secondDefaults]: readonly [SamplingDefaults, SamplingDefaults],
    options: PainterOptions,
  ) {
    this.#pipeline = pipeline;
    this.#first = first;
    this.#second = second;
    this.#secondDefaults = secondDefaults;
    this.steps = options.steps ?? firstDefaults.numInferenceSteps ?? 20;
    this.guidance = options.guidance ?? firstDefaults.guidanceScale ?? 4;
    this.sampler = stageSamplerName(first.scheduler, options.sampler);
    this.#sampler = options.sampler;
    this.#signal = options.signal;
  }

  /** Height and width of its images. */
  get size(): number {
    return this.#second.spec.size;
  }

  /**
   * Draws images by denoisers that are composed of prompts, in both stages alike.
   *
   * @param seeds The seed of each image: one is the same in whichever batch it is.
   * @param compose Composes the denoiser of some images, from `start` to `end`, out of prompts.
   * @param options `faithful`: whether the second stage keeps to the details of the first; `onDrawn`: called with each batch.
   * @returns `[N, 3, size, size]` in 0..1
   */
  async draw(
    seeds: readonly number[],
    compose: (guided: Guided, start: number, end: number) => Promise<Denoiser>,
    options: { readonly faithful?: boolean; readonly onDrawn?: (images: number) => void } = {},
  ): Promise<Tensor> {
    const drawn: Tensor[] = [];
    for (let start = 0; start < seeds.length; start += BATCH) {
      const end = Math.min(seeds.length, start + BATCH);
      drawn.push(
        await this.#drawBatch(seeds.slice(start, end), (guided) => compose(guided, start, end), options),
      );
      options.onDrawn?.(end - start);
    }
    return map(concat(drawn), (value) => Math.min(1, Math.max(0, value / 2 + 0.5)));
  }

  /** Draws an image of each prompt. */
  async drawPrompts(
    prompts: readonly string[],
    seeds: readonly number[],
    onDrawn?: (images: number) => void,
  ): Promise<Tensor> {
    return await this.draw(seeds, (guided, start, end) => guided(prompts.slice(start, end)), { onDrawn });
  }

  async #drawBatch(
    seed: readonly number[],
    compose: (guided: Guided) => Promise<Denoiser>,
    { faithful = false }: { readonly faithful?: boolean },
  ): Promise<Tensor> {
    const common = { seed, sampler: this.#sampler, signal: this.#signal };
    const small = await sampleToEnd(sample(
      await compose((prompts) => this.#guided(this.#first, prompts, this.guidance)),
      sampleOptions(this.#first, { ...common, numInferenceSteps: this.steps }),
    ));
    const { numInferenceSteps = 20, guidanceScale = 1, cacheInterval } = this.#secondDefaults;
    const steps = { numInferenceSteps, cacheInterval };
    const noiseLevel = faithful
      ? FAITHFUL_NOISE_LEVEL
      : this.#secondDefaults.noiseLevel ?? superResolutionDefaults.noiseLevel;
    return await sampleToEnd(sample(
      await compose((prompts) => this.#guided(this.#second, prompts, guidanceScale, noiseLevel)),
      superResolutionSampleOptions(this.#second, small, { ...common, ...steps, noiseLevel }),
    ));
  }

  async #guided(
    model: DeepFloydModel,
    prompts: readonly string[],
    scale: number,
    noiseLevel?: number,
  ): Promise<Denoiser> {
    const own = await textDenoiser(model, await this.#encode(prompts), { noiseLevel });
    if (scale <= 1) return own;
    return guided(own, await textDenoiser(model, await this.#encode([""]), { noiseLevel }), scale);
  }

  async #encode(prompts: readonly string[]): Promise<Tensor> {
    const missing = [...new Set(prompts)].filter((prompt) => !this.#embeddings.has(prompt));
    if (missing.length > 0) {
      const encoded = await this.#pipeline.encode(missing, { signal: this.#signal });
      missing.forEach((prompt, i) => this.#embeddings.set(prompt, slice(encoded, i, i + 1)));
    }
    return concat(prompts.map((prompt) => this.#embeddings.get(prompt)!));
  }

  /** Closes both networks and the text encoder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#second[Symbol.asyncDispose]();
    await this.#pipeline[Symbol.asyncDispose]();
  }
}

/**
 * Opens a cascade.
 *
 * @param first The folder of the stage that draws texts.
 * @param second The folder of the stage that enlarges.
 * @throws {CheckpointError} if a folder holds something else.
 */
export async function openPainter(
  first: string,
  second: string,
  options: PainterOptions = {},
): Promise<Painter> {
  const { device, threads, onFallback } = options;
  const defaults = [await readSamplingDefaults(first), await readSamplingDefaults(second)] as const;
  const pipeline = await openTextToImage(first, { device, threads, onFallback });
  const { textLength } = pipeline;
  const enlarger = await openDeepFloyd(second, { device, threads, onFallback, textLength });
  return new Painter(pipeline, [await pipeline.network(), enlarger], defaults, options);
}
