/**
 * From a class to an image of it, and from none to any image: sampling with the networks for digits.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { sample, type SampleStep } from "../diffusion/sample.ts";
import { type SamplerName, samplerRegistrations, samplers } from "../diffusion/samplers/mod.ts";
import { thresholdOf } from "../diffusion/scheduler_config.ts";
import { clip, type Threshold } from "../diffusion/threshold.ts";
import { trailingTimesteps } from "../diffusion/timesteps.ts";
import type { Denoiser } from "../diffusion/types.ts";
import { conditioned } from "../effects/conditioned.ts";
import { guidance } from "../effects/guidance.ts";
import { assertGuidanceScale } from "../effects/guidance_scale.ts";
import { stackConditions } from "../effects/stack_conditions.ts";
import type { MnistModel } from "../models/mnist.ts";
import { Generator } from "../random.ts";
import { described } from "../show_value.ts";
import { concat } from "../tensor.ts";
import { stageSampler, stageSamplerName } from "./stage/stage_sampler.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** The options of {@linkcode sampleDigits}. */
export interface SampleDigitsOptions {
  /** The seed of all noise, an integer, or a generator that goes on. Image n starts from the n-th draw. */
  readonly seed: number | bigint | Generator;
  /** How many steps, from 1 to the schedule's length; defaults to 20. */
  readonly numInferenceSteps?: number;
  /** The sampler; defaults to that of {@linkcode digitSampler}, `dpm-solver++` for the networks that ship. */
  readonly sampler?: SamplerName;
  /**
   * How far to go from the images without the class towards those with it (default: 5), from -1000 to 1000: 0 ignores
   * the class, 1 is the class alone, more exaggerates it, below 0 it is avoided.
   */
  readonly guidanceScale?: number;
  /** Aborts; what is thrown is its reason. */
  readonly signal?: AbortSignal;
}

const sampleDigitsOptionNames: OptionNames<SampleDigitsOptions> = {
  seed: true,
  numInferenceSteps: true,
  sampler: true,
  guidanceScale: true,
  signal: true,
};

/** The defaults of {@linkcode SampleDigitsOptions}. */
export const sampleDigitsDefaults = {
  numInferenceSteps: 20,
  sampler: "dpm-solver++",
  guidanceScale: 5,
} as const satisfies Partial<SampleDigitsOptions>;

/**
 * The sampler of digits: the one that is asked for. Unless one is, that of the scheduler's class, but for DDPM's: that is
 * the class of networks which say no more than how they were trained, and `dpm-solver++` draws the same digits in a tenth of the
 * steps.
 *
 * @param model The network.
 * @param sampler The sampler that is asked for, if any.
 * @throws {ArgumentError} if the sampler is unknown.
 * @throws {CheckpointError} if the scheduler's configuration rules the sampler out: the message names the file and the key.
 */
export function digitSampler(
  { scheduler }: Pick<MnistModel, "scheduler">,
  sampler?: SamplerName,
): SamplerName {
  const own = stageSamplerName(scheduler, sampler);
  if (sampler !== undefined || own !== "ddpm") return own;
  return stageSamplerName(scheduler, sampleDigitsDefaults.sampler);
}

/**
 * The timesteps on which digits are sampled: evenly from the noisiest on. The start is noise alone, and a run that does
 * not begin where the network saw most of it would take the noise for an image.
 *
 * @param model The network.
 * @param sampler The sampler.
 * @param count How many, from 1 to the schedule's length.
 * @throws {ArgumentError} if the sampler is unknown or the count out of its range.
 */
export function digitTimesteps(model: MnistModel, sampler: SamplerName, count: number): number[] {
  const { schedule } = model.spec;
  if (!Object.hasOwn(samplers, sampler)) {
    throw new ArgumentError("sampler", sampler, `one of ${Object.keys(samplers).join(", ")}`);
  }
  if (!(Number.isInteger(count) && count >= 1 && count <= schedule.length)) {
    throw new ArgumentError("steps", count, `a whole number from 1 to ${schedule.length}`);
  }
  const { timesteps } = samplerRegistrations[sampler];
  // The solver leaves out what of a cosine schedule is too noisy for it, which it cannot where all is asked for.
  return timesteps && count < schedule.length
    ? timesteps.spaced(count, { schedule, spacing: "trailing", lambdaMin: model.scheduler.lambdaMin })
    : trailingTimesteps(count, schedule.length);
}

/**
 * Samples images of classes.
 *
 * @param model The network.
 * @param labels The class of each image, or null for none; a network without classes takes nulls alone.
 * @param options The seed, the steps, the sampler, the guidance.
 * @yields The steps; `x` and `x0` are `[labels.length, 1, 28, 28]`, in the end in the model's range, not clipped.
 * @throws {ArgumentError} if a class is unknown or an option out of its range.
 * @throws {CheckpointError} if the scheduler's configuration asks for what the sampler does not do.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { openMnistModel, sampleToEnd } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("mnist-class");
 * const digits = await sampleToEnd(sampleDigits(model, [2, 0, 2, 4], { seed: 0, numInferenceSteps: 5 }));
 * ```
 */
export async function* sampleDigits(
  model: MnistModel,
  labels: readonly (number | null)[],
  options: SampleDigitsOptions,
): AsyncGenerator<SampleStep, void, undefined> {
  assertOptions(options, sampleDigitsOptionNames);
  const { seed, signal } = options;
  const { numInferenceSteps, guidanceScale } = { ...sampleDigitsDefaults, ...defined(options) };
  const sampler = digitSampler(model, options.sampler);
  assertGuidanceScale("guidanceScale", guidanceScale);
  if (labels.length === 0) {
    throw new ArgumentError("labels", described("empty list"), "at least one class or null");
  }
  const generator = seed instanceof Generator ? seed : new Generator(seed);
  const timesteps = digitTimesteps(model, sampler, numInferenceSteps);
  const { size, channels } = model.spec;
  const start = concat(labels.map(() => generator.randn([1, channels, size, size])));
  yield* sample(await denoiserOf(model, labels, guidanceScale), {
    sampler: stageSampler(model.scheduler, sampler, 0, timesteps.length),
    timesteps,
    start,
    noise: (shape) => generator.randn(shape),
    threshold: thresholdFor(model),
    signal,
  });
}

/** Where no image has a class there is nothing to be guided by. */
async function denoiserOf(
  model: MnistModel,
  labels: readonly (number | null)[],
  guidanceScale: number,
): Promise<Denoiser> {
  const [nothing, ...each] = await model.prepare([null, ...labels]);
  const empty = () => conditioned(model, nothing);
  if (labels.every((label) => label === null)) return empty();
  return await guidance(() => conditioned(model, stackConditions(each)), empty, guidanceScale);
}

/** Clipping means to diffusers [-1, 1]; these networks' images may have another range. */
function thresholdFor(model: MnistModel): Threshold | undefined {
  const { thresholding } = model.scheduler;
  return thresholding.kind === "clip" ? clip(model.spec.range) : thresholdOf(thresholding);
}

/** Options that are given as undefined are not given. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
